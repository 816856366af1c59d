"""The kinds of things that are carried, and one thing as a document.

A document says nothing of the account that it comes from, nor when or by whom it was written: the same things
are the same bytes wherever they are. What names the account itself, in any text, is `{platform}` there (see
`placeholder`). Documents:

ROLE              the role as it was sent, with `roleKey`; its id is the key
RESOURCE          the resource as it was sent, with `reference`
GROUP             `name`; `groups`, the ids of its members that are groups, in order; `document`, as sent
POLICY            the access policy as it was sent
TEAM              `key`, `groupId`, `roleKeys`; `within` {type, id} but of the platform; `document`
ASSIGNMENT        `policyId`, `principalType` (user, group, team), `principalId`, `principalName`
GRANT             `permissioned`, `roleKey`, `principalType`, `principalId`, `principalName`
MEMBERSHIP        `groupId`, `users` [{id, email}]: users whose records name the group of a team; of a large
                  group there are several, whose ids are the group's and a number
LIST              `name`, `type`, `description`, `items` [{value, description}] in their order
RULE_GROUP        `name` and the rules as they were sent
REUSABLE_POLICY   `name` and the policy as it was sent

The name of a principal is a group's name, a team's key, a user's address; null for somebody who is not there.
Users are not carried: whoever assigns something to one says the id and the address, and is told if nobody is
called so where it arrives. System roles and policies are everywhere, and so is the group of everybody.
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
