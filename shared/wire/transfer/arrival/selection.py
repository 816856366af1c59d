"""Which of the things of an archive are wanted at all."""

from collections.abc import Sequence

from msgspec.structs import replace

from shared.wire.transfer.arrival.things import Arrival, Group, Membership, Team
from shared.wire.transfer.contents import Kind
from shared.wire.transfer.requests import Included

ACLS = (Kind.ASSIGNMENT, Kind.GRANT)


def wanted(arrivals: Sequence[Arrival], included: Included) -> list[Arrival]:
    """The things that are included; the group of a team comes with the team, or not at all."""
    unwanted = set[Kind]()
    if not included.roles:
        unwanted.add(Kind.ROLE)
    if not included.acls:
        unwanted.update(ACLS)
    if not included.team_members:
        unwanted.add(Kind.MEMBERSHIP)
    groups = frozenset[str]()
    if not included.teams:
        unwanted.add(Kind.TEAM)
        groups = frozenset(each.thing.group for each in arrivals if isinstance(each.thing, Team))
    return [
        _without(each, groups) for each in arrivals if each.kind not in unwanted and not _is_of(each, groups)
    ]


def _without(arrival: Arrival, groups: frozenset[str]) -> Arrival:
    """A thing without some groups as members."""
    thing = arrival.thing
    if not isinstance(thing, Group) or groups.isdisjoint(thing.members):
        return arrival
    members = tuple(each for each in thing.members if each not in groups)
    return replace(arrival, thing=replace(thing, members=members))


def _is_of(arrival: Arrival, groups: frozenset[str]) -> bool:
    """Whether a thing is one of some groups, or who is in one."""
    match arrival.thing:
        case Group(id=group) | Membership(group=group):
            return group in groups
        case _:
            return False
