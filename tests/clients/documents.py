"""What the tests of the official clients send, and where it is compared with what comes back."""

import json
from pathlib import Path
from typing import Any

ABSENT = "00000000-0000-4000-8000-000000000000"
SAMPLES = Path(__file__).parents[1] / "wire" / "samples"
PARTS = ("include", "exclude", "require")
RULE: dict[str, Any] = {"email_domain": {"domain": "acme.example"}}
# Everything that a policy may have besides its rules, none of it what it would be if it were left out.
OBLIGATIONS: dict[str, Any] = {
    "approval_required": True,
    "approval_groups": [{"approvals_needed": 2, "email_addresses": ["b@acme.example", "a@acme.example"]}],
    "purpose_justification_required": True,
    "purpose_justification_prompt": "Why?",
    "isolation_required": True,
    "session_duration": "2h45m",
    "mfa_config": {"allowed_authenticators": ["totp", "security_key"], "session_duration": "5m"},
    "connection_rules": {"rdp": {"allowed_clipboard_local_to_remote_formats": ["text", "file"]}},
}
# Nothing, said in every way that there is to say it; each is kept as it was said.
NOTHING: dict[str, Any] = {
    "approval_required": False,
    "approval_groups": [],
    "exclude": [],
    "session_duration": None,
    "mfa_config": {},
}
IDENTITY: dict[str, Any] = {
    "account_id": "0123456789abcdef0123456789abcdef",
    "auth_status": "SUCCESS",
    "common_name": "ann-laptop",
    "device_id": "d1",
    "devicePosture": {
        "p1": {
            "id": "p1",
            "type": "file",
            "rule_name": "disk",
            "success": True,
            "timestamp": "2026-01-02T03:04:05Z",
            "check": {"exists": True, "path": "/d"},
        }
    },
    "device_sessions": {"s1": {"last_authenticated": 1767323045}},
    "email": "ann@acme.example",
    "geo": {"country": "DE"},
    "iat": 1767323045,
    "idp": {"id": ABSENT, "type": "okta"},
    "ip": "203.0.113.7",
    "is_gateway": False,
    "is_warp": True,
    "mtls_auth": {"auth_status": "SUCCESS", "cert_issuer_dn": "CN=ca", "cert_presented": True},
    "service_token_status": False,
    "user_uuid": ABSENT,
    "version": 2,
    "amr": ["pwd", "mfa"],
    "groups": [{"id": "g1", "name": "eng"}],
}


def every_rule(**ids: str) -> tuple[list[Any], list[Any]]:
    """One rule of each kind that goes with `allow`, and the others; `ids` has those of what they refer to."""

    def referring(rule: dict[str, Any]) -> dict[str, Any]:
        (kind,) = rule
        return {kind: {"id": ids[kind]}} if kind in ids else rule

    sample = json.loads((SAMPLES / "accepted-every-rule.json").read_text())
    after, before = ([referring(rule) for rule in policy["include"]] for policy in sample["policies"])
    return after, before


def named(name: str, *include: Any, **members: Any) -> dict[str, Any]:
    """A group, or with `decision` a policy."""
    return {"name": name, "include": list(include) or [RULE], **members}


def policy(name: str, *include: Any, **members: Any) -> dict[str, Any]:
    return named(name, *include, **{"decision": "allow", **members})


def items(*values: str) -> list[dict[str, str]]:
    return [{"value": value} for value in values]


def told(answered: Any) -> dict[str, Any]:
    """What the official Python client made of an answer, by the names that the wire has."""
    return answered.to_dict()


def part(answered: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Of an answer, what was sent."""
    return {name: answered[name] for name in sent}
