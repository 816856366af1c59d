"""What a principal has: policies, grants, roles of teams, and the way to each. Given, not looked up."""

from msgspec import Struct

from shared.policy.entitlement.policy import Policy, Scope
from shared.policy.entitlement.resource import Resource, folded


class Directly(Struct, frozen=True, tag="directly"):
    """By the principal itself."""


class ByGroup(Struct, frozen=True, tag="group"):
    """By groups: from the one that the principal is in to the one that has it."""

    path: tuple[str, ...]


class ByTeam(Struct, frozen=True, tag="team"):
    """By a team, and by the groups that lead to it, if any; `project` is the one whose team it is."""

    team: str
    path: tuple[str, ...] = ()
    project: str | None = None


Source = Directly | ByGroup | ByTeam


class Holding(Struct, frozen=True):
    """A policy that applies to the principal. One that comes several ways is several holdings."""

    policy: Policy
    source: Source = Directly()

    def counts(self, resource: Resource) -> bool:
        """Whether the policy is in force there: one for projects is in those of the team, or in all."""
        if self.policy.scope is Scope.PLATFORM:
            return True
        theirs = self.source.project if isinstance(self.source, ByTeam) else None
        projects = resource.projects()
        return folded(theirs) in projects if theirs is not None else bool(projects)


class Grant(Struct, frozen=True):
    """A role on one resource, on top of what any policy says."""

    id: str
    role: str
    on: str
    source: Directly | ByGroup = Directly()


class TeamRole(Struct, frozen=True):
    """A role that a team gives within what it is a team of, beneath what any policy says.

    `within` is that: a datastore's type and id, of which case does not count; without it, everything.
    """

    role: str
    source: ByTeam
    within: tuple[str, str] | None = None

    def counts(self, resource: Resource) -> bool:
        """Whether the resource lies there."""
        return self.within is None or resource.within(*self.within)


class Held(Struct, frozen=True):
    """All that one principal has."""

    holdings: tuple[Holding, ...] = ()
    grants: tuple[Grant, ...] = ()
    team_roles: tuple[TeamRole, ...] = ()
