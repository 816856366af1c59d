"""What if: policies and users side by side, on the wire. The vendor has nothing of the kind."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from shared.directory.email import canonical_email
from shared.directory.errors import Refused
from shared.directory.identity import Identity
from shared.wire.cloudflare import identities, objects
from shared.wire.cloudflare.policies import PolicyObject
from shared.wire.cloudflare.policy_tests import Asked, decode_start
from shared.wire.cloudflare.reasons import ExplanationShown
from shared.wire.faults import LIMIT, Fault, Faulty, child

USERS_LIMIT = 1000
MEMBERS = {"id", "email", "identity", "overrides"}


class WhoObject(Struct, frozen=True):
    """A user of the directory by `id`, or one who is not there: `email`, and `identity` if any is known.

    Each field in `overrides` stands for the one of the identity; null: it is not recorded.
    """

    id: UUID | UnsetType = UNSET
    email: str | UnsetType = UNSET
    identity: Identity | UnsetType | None = UNSET
    overrides: Identity | UnsetType = UNSET


class WhatIfObject(Struct, frozen=True):
    """Policies as a test has them, and at most 1,000 users."""

    policies: list[PolicyObject | str]
    users: list[WhoObject]


class Evaluated(Struct, frozen=True):
    """One user's verdict; `id` is null for a user who was not looked up."""

    id: UUID | None
    email: str
    status: str
    explanation: ExplanationShown


class Who(NamedTuple):
    """A user to be evaluated: by id, or by canonical address and identity; what stands for parts of that."""

    pointer: str
    id: UUID | None
    address: str
    identity: dict[str, Any] | None
    overrides: dict[str, Any]

    def login(self, recorded: bytes | None) -> Identity | None:
        """The identity with what was given for it; None if nothing is known of any."""
        known = self.identity if self.id is None else _object(recorded)
        if known is None and not self.overrides:
            return None
        merged = (known or {}) | self.overrides
        return msgspec.convert({name: given for name, given in merged.items() if given is not None}, Identity)


class WhatIf(NamedTuple):
    """A decoded question."""

    asked: Asked
    users: list[Who]


def _object(recorded: bytes | None) -> dict[str, Any] | None:
    return None if recorded is None else msgspec.json.decode(recorded)


def decode(body: bytes, account: UUID) -> WhatIf:
    """A question; raises Faulty with all that is wrong with its users, or else with its policies."""
    document = objects.decode(body, "`policies` and `users`")
    strays = objects.strays(document, {"policies", "users"}, "a question")
    given = document.get("users")
    if not isinstance(given, list) or not 0 < len(given) <= USERS_LIMIT:
        raise Faulty(*strays, Fault(f"`users` is a list of 1 to {USERS_LIMIT} users", "/users"))
    read = [_who(each, child("/users", number), account) for number, each in enumerate(given)]
    faults = [*strays, *(fault for each in read if isinstance(each, Faulty) for fault in each.faults)]
    if faults:
        raise Faulty(*faults[:LIMIT])
    asked = decode_start(msgspec.json.encode({"policies": document.get("policies")}), account)
    return WhatIf(asked, [each for each in read if isinstance(each, Who)])


def _who(given: Any, pointer: str, account: UUID) -> Who | Faulty:  # noqa: ANN401  # whatever was sent
    faults = list(_faults(given, pointer, account))
    if faults:
        return Faulty(*faults)
    overrides = given.get("overrides") or {}
    if given.get("id") is not None:
        return Who(pointer, UUID(given["id"]), "", None, overrides)
    return Who(pointer, None, canonical_email(given["email"]), given.get("identity"), overrides)


def _faults(given: object, pointer: str, account: UUID) -> Iterator[Fault]:
    if not isinstance(given, dict):
        yield Fault("a user is an object", pointer)
        return
    yield from (Fault(f"a user has no `{name}`", child(pointer, name)) for name in given.keys() - MEMBERS)
    yield from _named(given, pointer)
    for name in ("identity", "overrides"):
        if given.get(name) is not None:
            try:
                identities.decode(msgspec.json.encode(given[name]), account)
            except Faulty as faulty:
                inside = child(pointer, name)
                yield from (Fault(each.message, inside + (each.pointer or "")) for each in faulty.faults)


def _named(given: Mapping[str, Any], pointer: str) -> Iterator[Fault]:
    """What is wrong with who it is: one of id and email, and an identity only where there is no id."""
    if (given.get("id") is None) == (given.get("email") is None):
        yield Fault("a user has an `id`, or an `email`", pointer)
    elif given.get("id") is not None:
        if given.get("identity") is not None:
            yield Fault("a user by `id` has the identity that is recorded: use `overrides`", pointer)
        if not _is_id(given["id"]):
            yield Fault("an `id` is a UUID", child(pointer, "id"))
    elif not isinstance(given["email"], str):
        yield Fault("`email` is a text", child(pointer, "email"))
    else:
        try:
            canonical_email(given["email"])
        except Refused as refusal:
            yield Fault(str(refusal), child(pointer, "email"))


def _is_id(given: object) -> bool:
    try:
        return isinstance(given, str) and str(UUID(given)) == given.lower()
    except ValueError:
        return False
