"""Teams as documents: a key, the roles that a team gives, and the group whose members it has."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import UNSET, UnsetType, field

from shared.policy.entitlement.roles import role_key
from shared.wire.cloudcms import documents
from shared.wire.cloudcms.policies import ROLE_LIMIT
from shared.wire.cloudcms.shapes import Kept, Open
from shared.wire.faults import Fault, Faulty, child

KEY = re.compile(r"[^\s/\x00-\x1f\x7f\ud800-\udfff]{1,128}")
KEYS = "a team's key has 1 to 128 characters, no space and no slash among them"
MANAGED = ("key", "groupId", "roleKeys", "teamableObjectTypeId", "teamableObjectId")
"""Members that are kept apart from the document."""


class TeamObject(Open, kw_only=True, frozen=True):
    """A team as clients send it. Its key stays; without `roleKeys` its roles do."""

    key: str | UnsetType | None = UNSET
    role_keys: list[str] | UnsetType | None = field(name="roleKeys", default=UNSET)


class TeamDocument(Kept, kw_only=True, frozen=True):
    """A team, what it is of, and the group that has its members."""

    key: str
    group_id: str = field(name="groupId")
    role_keys: list[str] = field(name="roleKeys")
    teamable_type: str = field(name="teamableObjectTypeId")
    teamable_id: str = field(name="teamableObjectId")


class Decoded(NamedTuple):
    """A team's document without what is kept apart, and its roles with where: None for those that it has."""

    document: bytes
    roles: Mapping[str, str] | None


def decode(given: Mapping[str, Any], key: str) -> Decoded:
    """A team of this key; raises Faulty."""
    found = documents.faults(given, "a team")
    if given.get("key") not in (None, key):
        found.append(Fault(f"the team's key is `{key}`, and stays so", "/key"))
    roles = given.get("roleKeys")
    keys = None if roles is None else _roles(roles, found)
    if found:
        raise Faulty(*found)
    return Decoded(documents.encoded(documents.kept(given, MANAGED), "a team"), keys)


def _roles(given: object, found: list[Fault]) -> dict[str, str]:
    """Role keys in small letters, each once, with where; adds to the faults found."""
    if not isinstance(given, list) or len(given) > ROLE_LIMIT:
        found.append(Fault(f"`roleKeys` is a list of at most {ROLE_LIMIT} role keys", "/roleKeys"))
        return {}
    keys = dict[str, str]()
    for number, each in enumerate(given):
        where = child("/roleKeys", number)
        if isinstance(each, str) and 0 < len(each) <= ROLE_LIMIT:
            keys.setdefault(role_key(each), where)
        else:
            found.append(Fault(f"a role key is a text of 1 to {ROLE_LIMIT} characters", where))
    return keys
