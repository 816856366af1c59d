"""The kinds of things that are carried, and one thing as a document.

A document says nothing of the account that it comes from, nor when or by whom it was written: the same things
are the same bytes wherever they are. References name the platform `platform`. Documents, beside what clients
said in them:

ROLE              `roleKey`, `permissions`; its id is the key
RESOURCE          `reference`
GROUP             `name`; `groups`, the ids of its members that are groups, in order
POLICY            the access policy as it was sent
TEAM              `key`, `groupId`, `roleKeys`; `within` {type, id} but for teams of the platform
ASSIGNMENT        `policyId`, `principalType` (user, group, team), `principalId`, `principalName`
GRANT             `permissioned`, `roleKey`, `principalType`, `principalId`, `principalName`
MEMBERSHIP        `groupId`, `users` [{id, email}]: users whose records name the group
LIST              `name`, `type`, `description`, `items` [{value, description}] in their order
RULE_GROUP        `name` and the rules as they were sent
REUSABLE_POLICY   `name` and the policy as it was sent

Users are not carried: whoever assigns something to one says the id and the address, and is told if nobody is
called so where it arrives. System roles and policies are everywhere.
"""

from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """Kinds in the order in which they are written: each names only those before it, or itself."""

    ROLE = "role"
    RESOURCE = "resource"
    GROUP = "group"
    POLICY = "access_policy"
    TEAM = "team"
    ASSIGNMENT = "assignment"
    GRANT = "grant"
    MEMBERSHIP = "membership"
    LIST = "list"
    RULE_GROUP = "rule_group"
    REUSABLE_POLICY = "reusable_policy"


class Key(NamedTuple):
    """One thing, by what it is called where it comes from."""

    kind: Kind
    id: str


class Piece(NamedTuple):
    """One thing: `document` is JSON as above; `requires` are the other things that it names."""

    key: Key
    document: bytes
    requires: tuple[Key, ...] = ()
