"""All that an account says of entitlements, but for its users and for grants: one state of it, given."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Literal, NamedTuple

from msgspec import Struct

from shared.policy.entitlement.policy import Policy
from shared.policy.entitlement.roles import Roles

EVERYONE = "everyone"
"""The id of the group that every user is in, without being recorded as a member."""


class Holder(NamedTuple):
    """Whom a policy is assigned to, or a role granted to: by kind and id; a user's id is a UUID's text."""

    kind: Literal["user", "group", "team"]
    id: str


class Granted(NamedTuple):
    """A role that is granted on one resource to a user or a group, by the grant's id."""

    id: str
    role: str
    holder: Holder


class Team(Struct, frozen=True):
    """A team: the group whose members it has, the roles it gives, what it is a team of.

    That is a datastore's type and id; None for the platform.
    """

    id: str
    group: str
    roles: tuple[str, ...] = ()
    within: tuple[str, str] | None = None

    @property
    def project(self) -> str | None:
        """The id of the project whose team it is, if it is one's."""
        return self.within[1] if self.within is not None and self.within[0] == "project" else None


class Estate(Struct, frozen=True, dict=True):
    """One state of an account's policies, assignments, groups, teams and roles.

    `policies` are those that anybody holds, by id; `assigned` the ids of those that each holder has.
    `parents` are by group the groups that it is a member of; cycles are possible. `groups` are the ids by
    name of all groups that lead to anything, however far: no other group gives its members anything.
    """

    policies: Mapping[str, Policy] = {}
    assigned: Mapping[Holder, tuple[str, ...]] = {}
    parents: Mapping[str, tuple[str, ...]] = {}
    groups: Mapping[str, str] = {}
    teams: tuple[Team, ...] = ()
    roles: Roles = Roles()

    @cached_property
    def statements(self) -> int:
        """How many all policies in force have together: nobody has more."""
        return sum(len(each.statements) for each in self.policies.values())

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The names of groups by their ids."""
        return {group: name for name, group in self.groups.items()}

    @cached_property
    def teams_of(self) -> Mapping[str, list[Team]]:
        """The teams by the group whose members they have."""
        found = defaultdict[str, list[Team]](list)
        for team in self.teams:
            found[team.group].append(team)
        return dict(found)
