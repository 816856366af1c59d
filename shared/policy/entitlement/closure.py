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


def reach(estate: Estate, groups: Iterable[str]) -> dict[str, Path]:
    """All groups that some lead to, themselves too, each with a shortest path from one of those.

    Of several shortest the first by the ids. The nearest groups come first. EVERYONE is a group like any
    other here: who asks about a user gives it among the groups.
    """
    found: dict[str, Path] = {group: (group,) for group in sorted(set(groups))}
    newest = list(found)
    while newest:
        further = list[str]()
        for group in newest:
            for parent in sorted(estate.parents.get(group, ())):
                if parent not in found:
                    found[parent] = (*found[group], parent)
                    further.append(parent)
        newest = further
    return found


def groups_of(estate: Estate, who: Holder, group_names: Iterable[str]) -> dict[str, Path]:
    """All groups that a principal is in, each with the path to it.

    Of a user `group_names` are those it is in directly; nobody need say that it is in EVERYONE. Of a group
    they are not asked for: the estate knows.
    """
    if who.kind == "user":
        known = (estate.groups.get(name) for name in group_names)
        return reach(estate, (EVERYONE, *(group for group in known if group is not None)))
    found = reach(estate, estate.parents.get(who.id, ()))
    found.pop(who.id, None)  # by a cycle
    return found


def held(
    estate: Estate, who: Holder, group_names: Iterable[str], grants: Mapping[str, list[Granted]]
) -> Held:
    """What a user or a group has, by all ways: itself, then its groups, the nearest first, then teams.

    `grants` are those on the resources that will be asked about, by reference; see `defaults` for more.
    """
    groups = groups_of(estate, who, group_names)
    sources: dict[Holder, Directly | ByGroup] = {who: Directly()}
    sources |= {Holder("group", group): ByGroup(path) for group, path in groups.items()}
    teams = [*_teams(estate, {who.id: (), **groups} if who.kind == "group" else groups)]
    by_team = ((Holder("team", team.id), source) for team, source in teams)
    ways: list[tuple[Holder, Source]] = [*sources.items(), *by_team]
    return Held(
        tuple(
            Holding(estate.policies[policy], source)
            for holder, source in ways
            for policy in estate.assigned.get(holder, ())
            if policy in estate.policies
        ),
        tuple(
            Grant(given.id, given.role, on, sources[given.holder])
            for on, granted in grants.items()
            for given in granted
            if given.holder in sources
        ),
        tuple(TeamRole(role, source, team.within) for team, source in teams for role in team.roles),
    )


def _teams(estate: Estate, groups: Mapping[str, Path]) -> Iterator[tuple[Team, ByTeam]]:
    """The teams of some groups; the group that is a team's own is no step on the way to it."""
    for group, path in groups.items():
        for team in estate.teams_of.get(group, ()):
            yield team, ByTeam(team.id, path[:-1], team.project)
