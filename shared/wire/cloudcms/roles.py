"""Roles of an account's own: documents of a key and the permissions that it stands for."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from msgspec import UNSET, UnsetType, field

from shared.policy.entitlement.roles import ALL, PERMISSIONS, Roles, permission_key, role_key
from shared.wire.cloudcms import documents
from shared.wire.cloudcms.shapes import Kept, Open
from shared.wire.faults import Fault, Faulty, child

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
KEYS = "a role's key has letters, digits, dots, underscores and hyphens, at most 64"


class RoleObject(Open, kw_only=True, frozen=True):
    """A role as clients send it; without permissions it gives nothing."""

    role_key: str | UnsetType = field(name="roleKey", default=UNSET)
    permissions: list[str] | UnsetType | None = UNSET


class RoleDocument(Kept, kw_only=True, frozen=True):
    """A role. `system` is on those that every account has."""

    role_key: str = field(name="roleKey")
    permissions: list[str]
    system: bool | UnsetType = UNSET


class Decoded(NamedTuple):
    """A role: its key in small letters, and its document with that and with permissions in capitals."""

    key: str
    document: bytes


def decode(given: Mapping[str, Any], known: str | None = None) -> Decoded:
    """A role; of one that is `known` by its key that cannot change. Raises Faulty."""
    found = documents.faults(given, "a role")
    key = given.get("roleKey", known)
    if not isinstance(key, str) or not KEY.fullmatch(key):
        found.append(Fault(f"{KEYS}: `roleKey`", "/roleKey"))
    elif known is None and role_key(key) == ALL:
        found.append(
            Fault(f"`{ALL}` stands for every role where one is revoked: choose another key", "/roleKey")
        )
    elif known is not None and role_key(key) != known:
        found.append(Fault("the key of a role stays: create another one", "/roleKey"))
    permissions = _permissions(given.get("permissions"), found)
    if found:
        raise Faulty(*found)
    lower = role_key(str(key))
    document = documents.kept(given) | {"roleKey": lower, "permissions": permissions}
    return Decoded(lower, documents.encoded(document, "a role"))


def unknown(named: Iterable[tuple[str, str | None]], known: Roles) -> list[Fault]:
    """A fault for each role that there is not, of those that are named, with where."""
    return [
        Fault(f"there is no role `{role[:64]}`: create it first", pointer)
        for role, pointer in named
        if role not in known
    ]


def _permissions(given: object, found: list[Fault]) -> list[str]:
    """The permissions in capitals, each once; adds to the faults found."""
    if given is None:
        return []
    if not isinstance(given, list):
        found.append(Fault("`permissions` is a list of permission keys", "/permissions"))
        return []
    keys = dict[str, None]()
    for number, each in enumerate(given[: len(PERMISSIONS) * 2]):
        if isinstance(each, str) and permission_key(each) in PERMISSIONS:
            keys[permission_key(each)] = None
        else:
            found.append(
                Fault(f"a permission is one of {', '.join(PERMISSIONS)}", child("/permissions", number))
            )
    if len(given) > len(PERMISSIONS) * 2:
        found.append(Fault(f"there are no more than {len(PERMISSIONS)} permissions", "/permissions"))
    return list(keys)
