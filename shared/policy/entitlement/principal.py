"""All that one principal has, made ready once, to be asked about many resources."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from shared.policy.entitlement.decision import (
    ByGrant,
    ByStatement,
    ByTeamRole,
    Decision,
    NoConnect,
    Nothing,
    Standing,
    gives,
)
from shared.policy.entitlement.holding import Grant, Held, Holding, Source
from shared.policy.entitlement.policy import Pause, Scope, Statement, in_order
from shared.policy.entitlement.resource import Resource, folded
from shared.policy.entitlement.roles import CONNECT, Roles, permission_key, role_key


class _Step(NamedTuple):
    """One statement of a policy in force, and the ways by which it is; `source` if they count anywhere."""

    roles: frozenset[str]
    statement: Statement
    number: int
    holdings: tuple[Holding, ...]
    source: Source | None

    def way(self, resource: Resource) -> Source | None:
        """The first way by which the policy is in force there."""
        for holding in self.holdings:
            if holding.counts(resource):
                return holding.source
        return None


def _steps(held: Held) -> list[_Step]:
    """The statements in force, in the order in which they count."""
    ways: dict[str, list[Holding]] = {}
    for holding in held.holdings:
        ways.setdefault(holding.policy.id, []).append(holding)
    return [
        _Step(
            frozenset(statement.roles),
            statement,
            number,
            tuple(ways[policy.id]),
            ways[policy.id][0].source if policy.scope is Scope.PLATFORM else None,
        )
        for policy in in_order(holdings[0].policy for holdings in ways.values())
        for number, statement in enumerate(policy.statements)
    ]


class Principal:
    """A principal by all that it has; answers about any resource.

    Statements are asked from the last to the first, so that the first that matches decides, and only those
    that name a role which nothing later has decided.
    """

    def __init__(self, held: Held, roles: Roles) -> None:
        self._roles = roles
        self._team_roles = held.team_roles
        self._latest_first = _steps(held)[::-1]
        self._grants: dict[str, list[Grant]] = {}
        for grant in held.grants:
            self._grants.setdefault(folded(grant.on), []).append(grant)
        self._named = frozenset(role for step in self._latest_first for role in step.roles)
        self._named |= {grant.role for grant in held.grants} | {given.role for given in held.team_roles}

    @property
    def statements(self) -> int:
        """How many may have to be asked for an answer."""
        return len(self._latest_first)

    def besides(self, grants: Iterable[Grant]) -> "Principal":
        """The same with more grants, which count before those that it has."""
        every = [each for granted in self._grants.values() for each in granted]
        found = Principal(Held((), (*grants, *every), self._team_roles), self._roles)
        found._latest_first = self._latest_first
        found._named |= self._named
        return found

    def authority(self, role: str, resource: Resource, pause: Pause = int) -> Decision:
        """Whether the principal holds a role, CONNECT or not."""
        key = role_key(role)
        return _decided(self._standings((key,), resource, pause), (key,))

    def permission(self, permission: str, resource: Resource, pause: Pause = int) -> Decision:
        """Whether some role that the principal holds gives a permission, and some role CONNECT."""
        wanted = self._roles.carrying(permission_key(permission))
        connecting = self._roles.carrying(CONNECT)
        said, missing = list[Standing](), [wanted, connecting]
        for standing in self._standings(wanted | connecting, resource, pause):
            said.append(standing)
            if gives(standing):
                missing = [roles for roles in missing if standing.role not in roles]
                if not missing:
                    break
        found = _decided(said, wanted)
        if wanted == connecting:
            return found
        connected = _decided(said, connecting)
        if isinstance(connected.reason, ByStatement | Nothing) and not connected.allowed:
            return Decision(False, NoConnect(connected.reason))
        return found

    def authorities(self, resource: Resource, pause: Pause = int) -> dict[str, Standing]:
        """The roles that the principal holds, each with what gives it."""
        standings = self._standings(self._named, resource, pause)
        return {standing.role: standing for standing in standings if gives(standing)}

    def permissions(self, resource: Resource) -> frozenset[str]:
        """All permissions of the roles held, or none if CONNECT is not among them."""
        return self.carried(self.authorities(resource))

    def carried(self, authorities: Iterable[str]) -> frozenset[str]:
        """All permissions that come with the roles held on a resource."""
        permissions = frozenset[str]().union(*map(self._roles.permissions, authorities))
        return permissions if CONNECT in permissions else frozenset()

    def _standings(self, roles: Collection[str], resource: Resource, pause: Pause) -> Iterator[Standing]:
        """What decides of each of the roles, for those of which something does, the strongest first."""
        undecided = set(roles)
        for grant in self._grants.get(folded(resource.reference), ()):
            if grant.role in undecided:
                undecided.remove(grant.role)
                yield ByGrant(grant.role, grant.id, grant.source)
        yield from self._stated(undecided, resource, pause)
        for given in self._team_roles:
            if given.role in undecided and given.counts(resource):
                undecided.remove(given.role)
                yield ByTeamRole(given.role, given.source)

    def _stated(self, undecided: set[str], resource: Resource, pause: Pause) -> Iterator[Standing]:
        """What statements decide; they take the roles out of the undecided."""
        for step in self._latest_first:
            if not undecided:
                return
            if step.roles.isdisjoint(undecided) or not step.statement.applies(resource, pause):
                continue
            source = step.source or step.way(resource)
            if source is None:
                continue
            policy, action = step.holdings[0].policy.id, step.statement.action
            for role in step.statement.roles:
                if role in undecided:
                    undecided.remove(role)
                    yield ByStatement(role, policy, step.number, action, source)


def _decided(said: Iterable[Standing], roles: Collection[str]) -> Decision:
    """Whether one of the roles is held; if not, the latest revocation of one is to blame."""
    revoked: Standing | None = None
    for standing in said:
        if standing.role not in roles:
            continue
        if gives(standing):
            return Decision(True, standing)
        revoked = revoked or standing
    return Decision(False, revoked or Nothing())
