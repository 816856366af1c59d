"""Things that arrive, that are here, or that are to be here: the same shapes for all, so that they compare.

A document is JSON of what a client sent, as it is stored. Ids are those of where the thing is.
"""

from typing import Literal, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from shared.wire.cloudflare import documents
from shared.wire.cloudflare.list_items import Entries, Fingerprint
from shared.wire.cloudflare.lists import Heading
from shared.wire.transfer.contents import Key, Kind

Within = tuple[str, str] | None
"""What a team is of: a datastore's type and id; None for the platform."""


class Who(NamedTuple):
    """A user, group or team: by its id, and by what it is called: a user by the address."""

    kind: Literal["user", "group", "team"]
    id: str
    name: str | None = None


class Role(Struct, frozen=True):
    """A role of the account's own."""

    key: str
    document: bytes


class Resource(Struct, frozen=True):
    """A registered resource; its reference is in small letters."""

    id: str
    reference: str
    document: bytes


class Group(Struct, frozen=True):
    """A group, and the groups that are members of it, by their ids in order."""

    id: str
    name: str
    document: bytes
    members: tuple[str, ...] = ()


class Policy(Struct, frozen=True):
    """An access policy."""

    id: str
    document: bytes


class Team(Struct, frozen=True):
    """A team, and the group that has its members."""

    id: str
    key: str
    within: Within
    group: str
    roles: tuple[str, ...]
    document: bytes


class Assignment(Struct, frozen=True):
    """A policy that somebody holds."""

    policy: str
    who: Who


class Grant(Struct, frozen=True):
    """A role on a resource, by its reference in small letters, that somebody has."""

    on: str
    role: str
    who: Who


class Membership(Struct, frozen=True):
    """Users who are in a group."""

    group: str
    users: tuple[Who, ...]


class List(Struct, frozen=True):
    """A list; its items, of which there may be very many, are told from others by a fingerprint."""

    id: UUID
    type: str
    heading: Heading
    fingerprint: Fingerprint


class Ruled(Struct, frozen=True):
    """A rule group, or a reusable policy."""

    kind: Literal["group", "policy"]
    id: UUID
    name: str
    document: bytes


Thing = Role | Resource | Group | Policy | Team | Assignment | Grant | Membership | List | Ruled


class Named(NamedTuple):
    """A rule group that rules name, or a list of some type."""

    kind: Literal["group", "EMAIL", "IP"]
    id: UUID


class Arrival(Struct, frozen=True):
    """A thing from an archive, or None and why it is none.

    `roles` and `names` are what it names of others, which may or may not be there. `items` are a list's: a
    thing has only their fingerprint.
    """

    key: Key
    thing: Thing | None
    faults: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    names: tuple[Named, ...] = ()
    items: Entries | None = None

    @property
    def kind(self) -> Kind:
        """What it is."""
        return self.key.kind


def same(one: Thing, other: Thing) -> bool:
    """Whether two things say the same: the order of the members of an object says nothing."""
    if one == other:
        return True
    if isinstance(one, Assignment | Grant | Membership | List) or type(one) is not type(other):
        return False
    texts: list[bytes] = [each.document for each in (one, other)]
    return replace(one, document=b"") == replace(other, document=b"") and documents.same(*texts)


class _Titled(Struct):
    title: str | None = None


_titled = msgspec.json.Decoder(_Titled).decode


def called(thing: Thing) -> str | None:
    """What people know a thing by."""
    match thing:
        case Role(key=name) | Team(key=name) | Group(name=name) | Ruled(name=name) | Resource(reference=name):
            return name
        case Policy(document=document):
            return _titled(document).title
        case List(heading=heading):
            return heading.name
        case Assignment(who=who) | Grant(who=who):
            return who.name or who.id
        case _:
            return None
