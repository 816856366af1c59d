"""What an account has of what an archive is about, and how much it has in all."""

from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple
from uuid import UUID

from msgspec import Struct

from shared.policy.entitlement.resource import folded
from shared.wire.transfer.arrival.things import (
    Assignment,
    Grant,
    Group,
    List,
    Policy,
    Resource,
    Role,
    Ruled,
    Team,
    Within,
)

Place = tuple[str, str, str]
"""A team by what it is of and its key, as `place` has it."""


def place(within: Within, key: str) -> Place:
    """What no two teams have in common; case does not count in what they are of."""
    kind, container = within or ("platform", "")
    return kind, folded(container), key


class User(NamedTuple):
    """A user who is here, and the groups that the record names."""

    id: str
    groups: Collection[str] = ()


class Usage(Struct, frozen=True):
    """How much an account has of what there are limits of; bytes are of documents."""

    roles: int = 0
    resources: int = 0
    resources_bytes: int = 0
    groups: int = 0
    policies: int = 0
    policies_bytes: int = 0
    teams: int = 0
    teams_bytes: int = 0
    assignments: int = 0
    grants: int = 0
    lists: int = 0
    rule_groups: int = 0
    reusable_policies: int = 0
    ruled_bytes: int = 0


class Here(Struct, frozen=True):
    """One state of an account: of everything at least what `needs` asks for.

    `nestings` and `rule_nestings` are whole: by group the groups in it, and those that it names.
    `called` are by name the users and groups who are called so, those who may not be twice.
    """

    roles: Mapping[str, Role] = {}
    resources: Mapping[str, Resource] = {}
    resource_ids: Collection[str] = ()
    groups: Mapping[str, Group] = {}
    group_names: Mapping[str, str] = {}
    called: Mapping[str, str] = {}
    nestings: Mapping[str, tuple[str, ...]] = {}
    policies: Mapping[str, Policy] = {}
    teams: Mapping[str, Team] = {}
    places: Mapping[Place, str] = {}
    team_groups: Mapping[str, str] = {}
    assignments: Collection[Assignment] = ()
    grants: Collection[Grant] = ()
    users: Mapping[str, User] = {}
    lists: Mapping[UUID, List] = {}
    ruled: Mapping[tuple[Literal["group", "policy"], UUID], Ruled] = {}
    rule_nestings: Mapping[UUID, Collection[UUID]] = {}
    usage: Usage = Usage()
