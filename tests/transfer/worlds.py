"""What an account has, in the words of tests: the word OWN in any text stands for the account's own id."""

from typing import Any, NamedTuple
from uuid import UUID

OWN = "⌂"


class Own(NamedTuple):
    """A thing of the second dialect: its id, and its document as it is stored."""

    id: str
    document: dict[str, Any]


class Crowd(NamedTuple):
    """A group: the ids of its member groups."""

    id: str
    name: str
    members: tuple[str, ...]
    document: dict[str, Any]


class Squad(NamedTuple):
    """A team; its group is among the groups."""

    id: str
    key: str
    group: str
    roles: tuple[str, ...]
    within: tuple[str, str] | None
    document: dict[str, Any]


class Person(NamedTuple):
    """A user: the names of groups in the record."""

    number: int
    groups: tuple[str, ...]

    @property
    def id(self) -> UUID:
        return UUID(int=self.number)

    @property
    def address(self) -> str:
        return f"u{self.number}@a.example"


class Kept(NamedTuple):
    """A list, rule group or reusable policy; of a list the items are in the document."""

    id: UUID
    document: dict[str, Any]


class Held(NamedTuple):
    """A policy and whoever holds it; or what is granted on, whom, and the role."""

    what: str
    holder: tuple[str, str]
    role: str = ""


class World(NamedTuple):
    """All that an account has."""

    roles: tuple[Own, ...] = ()
    resources: tuple[Own, ...] = ()
    people: tuple[Person, ...] = ()
    groups: tuple[Crowd, ...] = ()
    policies: tuple[Own, ...] = ()
    teams: tuple[Squad, ...] = ()
    assignments: tuple[Held, ...] = ()
    grants: tuple[Held, ...] = ()
    lists: tuple[Kept, ...] = ()
    rule_groups: tuple[Kept, ...] = ()
    reusable: tuple[Kept, ...] = ()
