"""From an account's estate and a question about one resource to the plan that answers it for everybody."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from msgspec import Struct

from shared.policy.entitlement.estate import EVERYONE, Estate, Granted, Holder
from shared.policy.entitlement.holding import ByTeam, Directly, Holding, TeamRole
from shared.policy.entitlement.policy import Action, Policy, in_order
from shared.policy.entitlement.population import Holders, Population, Turn, Turns
from shared.policy.entitlement.resource import Resource
from shared.policy.entitlement.roles import CONNECT, permission_key, role_key


class Asked(Struct, frozen=True):
    """What is asked of everybody: a permission, or the authority of a role; one of the two."""

    permission: str | None = None
    authority: str | None = None


class Said(NamedTuple):
    """Something is said of a role to some holders: they have it from here on, or have it no more."""

    holders: frozenset[Holder]
    gives: bool


class Compiled(NamedTuple):
    """A plan, and the policies that say anything about what it asks, in the order in which they count."""

    plan: Population
    policies: tuple[str, ...]


def compiled(estate: Estate, resource: Resource, grants: Iterable[Granted], asked: Asked) -> Compiled:
    """The plan of a question; `grants` are those on the resource, recorded or standing."""
    wanted = _roles(estate, asked)
    connecting = frozenset[str]() if asked.permission is None else estate.roles.carrying(CONNECT)
    if wanted <= connecting:
        connecting = frozenset()  # who has one of those connects anyway
    effects = _effects(estate, resource, wanted | connecting)
    said, table = _said(estate, resource, grants, effects), _Table(estate)
    plan = Population(
        wanted=table.turns(wanted, said),
        connecting=table.turns(connecting, said) if connecting else None,
        holders=tuple(table.rows),
    )
    return Compiled(plan, tuple(each.policy for each in effects.policies))


def _roles(estate: Estate, asked: Asked) -> frozenset[str]:
    if asked.permission is not None:
        return estate.roles.carrying(permission_key(asked.permission))
    return frozenset({role_key(asked.authority or "")})


class _Effect(NamedTuple):
    """What a policy does in the end with roles, for whom it is in force."""

    policy: str
    holders: frozenset[Holder]
    actions: dict[str, Action]


class _Effects(NamedTuple):
    """What policies do with some roles on a resource, in the order in which they count."""

    roles: frozenset[str]
    policies: list[_Effect]


def _effects(estate: Estate, resource: Resource, roles: frozenset[str]) -> _Effects:
    holders = _holders_of_policies(estate, resource)
    in_force = in_order(policy for policy_id, policy in estate.policies.items() if policy_id in holders)
    every = (_Effect(policy.id, holders[policy.id], _actions(policy, resource, roles)) for policy in in_force)
    return _Effects(roles, [each for each in every if each.actions])


def _said(
    estate: Estate, resource: Resource, grants: Iterable[Granted], effects: _Effects
) -> Mapping[str, list[Said]]:
    """All that is said of roles on a resource, by role, the strongest last."""
    said = defaultdict[str, list[Said]](list)
    for team in estate.teams:
        if TeamRole("", ByTeam(team.id), team.within).counts(resource):
            for role in effects.roles & set(team.roles):
                said[role].append(Said(frozenset({Holder("group", team.group)}), True))
    for effect in effects.policies:
        for role, action in effect.actions.items():
            said[role].append(Said(effect.holders, action is Action.GRANT))
    for granted in grants:
        if granted.role in effects.roles:
            said[granted.role].append(Said(frozenset({granted.holder}), True))
    return said


def _holders_of_policies(estate: Estate, resource: Resource) -> Mapping[str, frozenset[Holder]]:
    """By policy those for whom it is in force there: users, and groups in the place of teams."""
    teams = {team.id: team for team in estate.teams}
    found = defaultdict[str, set[Holder]](set)
    for holder, policies in estate.assigned.items():
        team = teams.get(holder.id) if holder.kind == "team" else None
        if holder.kind == "team" and team is None:
            continue
        source = Directly() if team is None else ByTeam(team.id, (), team.project)
        stands = holder if team is None else Holder("group", team.group)
        for policy_id in policies:
            policy = estate.policies.get(policy_id)
            if policy is not None and Holding(policy, source).counts(resource):
                found[policy_id].add(stands)
    return {policy_id: frozenset(holders) for policy_id, holders in found.items()}


def _actions(policy: Policy, resource: Resource, roles: Collection[str]) -> dict[str, Action]:
    """What a policy does in the end with each of some roles, for those of which it says anything there."""
    found = dict[str, Action]()
    for statement in policy.statements:
        named = [role for role in statement.roles if role in roles]
        if named and statement.applies(resource):
            found.update(dict.fromkeys(named, statement.action))
    return found


class _Table:
    """The holders of a plan, each of them once, groups opened down to those that users are in directly."""

    def __init__(self, estate: Estate) -> None:
        self.rows = dict[Holders, int]()
        members = defaultdict[str, list[str]](list)
        for member, parents in estate.parents.items():
            for parent in parents:
                members[parent].append(member)
        self._members = dict(members)
        self._names = {group: name for name, group in estate.groups.items()}
        self._opened = dict[frozenset[Holder], Holders]()

    def turns(self, roles: Collection[str], said: Mapping[str, list[Said]]) -> tuple[Turns, ...]:
        """The turns of some roles; what comes to the same stands once."""
        found = (self._turns(said[role]) for role in sorted(roles) if role in said)
        return tuple(dict.fromkeys(turns for turns in found if turns))

    def _turns(self, said: list[Said]) -> Turns:
        """Without what changes nothing: it concerns nobody, comes before all, or takes what nobody has."""
        found = list[tuple[Holders, bool]]()
        for gives, each in groupby(said, lambda one: one.gives):
            holders = self._open(frozenset[Holder]().union(*(one.holders for one in each)))
            if holders.everyone:
                found.clear()
            if holders != Holders() and (gives or found):
                found.append((holders, gives))
        return tuple(Turn(self._number(holders), gives) for holders, gives in found)

    def _number(self, holders: Holders) -> int:
        return self.rows.setdefault(holders, len(self.rows))

    def _open(self, holders: frozenset[Holder]) -> Holders:
        if holders not in self._opened:
            users = {holder.id for holder in holders if holder.kind == "user"}
            groups = self._below({holder.id for holder in holders if holder.kind == "group"})
            names = {self._names[group] for group in groups if group in self._names}
            found = Holders(groups=tuple(sorted(names)), users=tuple(sorted(users)))
            self._opened[holders] = Holders(everyone=True) if EVERYONE in groups else found
        return self._opened[holders]

    def _below(self, groups: set[str]) -> set[str]:
        """All groups that lead to one of some, themselves too."""
        found, newest = set[str](), groups
        while newest:
            found |= newest
            newest = {member for group in newest for member in self._members.get(group, ())} - found
        return found
