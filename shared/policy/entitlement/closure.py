"""From an account's estate to what one principal has: over groups in groups to policies, grants, teams."""

from collections.abc import Iterable, Iterator, Mapping

from shared.policy.entitlement.estate import EVERYONE, Estate, Granted, Holder, Team
from shared.policy.entitlement.holding import (
    ByGroup,
    ByTeam,
    Directly,
    Grant,
    Held,
    Holding,
    Source,
    TeamRole,
)

Path = tuple[str, ...]
"""Groups by their ids, each of them a member of the next."""


class Reached(Mapping[str, Path]):
    """Groups that some lead to, the nearest first, each with the path to it, which is made when asked for."""

    def __init__(self, before: dict[str, str | None]) -> None:
        self._before = before

    def __getitem__(self, group: str) -> Path:
        way, step = [group], self._before[group]
        while step is not None:
            way.append(step)
            step = self._before[step]
        return tuple(reversed(way))

    def __contains__(self, group: object) -> bool:
        return group in self._before

    def __iter__(self) -> Iterator[str]:
        return iter(self._before)

    def __len__(self) -> int:
        return len(self._before)

    def without(self, group: str) -> "Reached":
        """The same but for one to which no path of the others leads: that of whom it is about, by a cycle."""
        return Reached({each: step for each, step in self._before.items() if each != group})


def reach(estate: Estate, groups: Iterable[str]) -> Reached:
    """All groups that some lead to, themselves too, each with a shortest path from one of those.

    Of several shortest the first by the ids. The nearest groups come first. EVERYONE is a group like any
    other here: who asks about a user gives it among the groups.
    """
    before: dict[str, str | None] = dict.fromkeys(sorted(set(groups)))
    newest = list(before)
    while newest:
        further = list[str]()
        for group in newest:
            for parent in sorted(estate.parents.get(group, ())):
                if parent not in before:
                    before[parent] = group
                    further.append(parent)
        newest = further
    return Reached(before)


def groups_of(estate: Estate, who: Holder, group_names: Iterable[str]) -> Mapping[str, Path]:
    """All groups that a principal is in, each with the path to it.

    Of a user `group_names` are those it is in directly; nobody need say that it is in EVERYONE. Of a group
    they are not asked for: the estate knows.
    """
    if who.kind == "user":
        known = (estate.groups.get(name) for name in group_names)
        return reach(estate, (EVERYONE, *(group for group in known if group is not None)))
    return reach(estate, estate.parents.get(who.id, ())).without(who.id)


def held(
    estate: Estate, who: Holder, group_names: Iterable[str], grants: Mapping[str, list[Granted]]
) -> Held:
    """What a user or a group has, by all ways: itself, then its groups, the nearest first, then teams.

    `grants` are those on the resources that will be asked about, by reference; see `defaults` for more.
    """
    groups = groups_of(estate, who, group_names)

    def source(holder: Holder) -> Directly | ByGroup:
        return Directly() if holder == who else ByGroup(groups[holder.id])

    ways = (who, *(Holder("group", group) for group in groups))
    own: Iterator[tuple[Holder, Source]] = ((each, source(each)) for each in ways if each in estate.assigned)
    teams = [*_teams(estate, groups, who.id if who.kind == "group" else None)]
    every = (*own, *((Holder("team", team.id), given) for team, given in teams))
    return Held(
        tuple(
            Holding(estate.policies[policy], given)
            for holder, given in every
            for policy in estate.assigned.get(holder, ())
            if policy in estate.policies
        ),
        tuple(
            Grant(given.id, given.role, on, source(given.holder))
            for on, granted in grants.items()
            for given in granted
            if given.holder == who or (given.holder.kind == "group" and given.holder.id in groups)
        ),
        tuple(TeamRole(role, given, team.within) for team, given in teams for role in team.roles),
    )


def _teams(estate: Estate, groups: Mapping[str, Path], itself: str | None) -> Iterator[tuple[Team, ByTeam]]:
    """The teams of a group itself and of some groups; a team's own group is no step on the way to it."""
    if itself is not None:
        for team in estate.teams_of.get(itself, ()):
            yield team, ByTeam(team.id, (), team.project)
    for group in groups:
        for team in estate.teams_of.get(group, ()):
            yield team, ByTeam(team.id, groups[group][:-1], team.project)
