"""Directory rows and policies that the tests of the gateway send."""

import json
from typing import Any

EVERYONE: dict[str, Any] = {"everyone": {}}
ACME: dict[str, Any] = {"email_domain": {"domain": "acme.example"}}


def lines(*users: Any) -> bytes:
    return b"".join(json.dumps(user).encode() + b"\n" for user in users)


def policy(*include: Any, **changes: Any) -> dict[str, Any]:
    """An allowing policy of some rules, by default of everyone."""
    return {"name": "tested", "decision": "allow", "include": list(include) or [EVERYONE], **changes}


THREE_VERDICTS = policy(ACME, {"auth_method": {"auth_method": "mfa"}})
VERDICTS = ("approved", "blocked", "error")
RECORDS: tuple[dict[str, Any], ...] = (
    {"email": "u{}@acme.example"},
    {"email": "u{}@other.example", "identity": {"amr": ["pwd"]}},
    {"email": "u{}@gap.example"},
)


def person(number: int) -> dict[str, Any]:
    """A user whose verdict under THREE_VERDICTS is the number's remainder."""
    record = RECORDS[number % 3]
    return record | {"name": f"User {number}", "email": record["email"].format(number)}


def people(count: int) -> bytes:
    return lines(*(person(number) for number in range(count)))
