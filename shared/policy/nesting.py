"""Groups that name groups: how deep that goes, and whether it comes back to where it began."""

from collections.abc import Collection, Mapping
from uuid import UUID

from msgspec import Struct

DEPTH_LIMIT = 32

Edges = Mapping[UUID, Collection[UUID]]
"""Which groups a group names."""


class Place(Struct, frozen=True):
    """Where a group stands among the others, whatever it names itself.

    `towards` gives for each group that leads to it the next one on a shortest way there, `above` how many
    groups the longest way from the top down to it has, itself included, and `below` the same from each group
    down to the bottom, for those that name others.
    """

    group: UUID
    towards: dict[UUID, UUID]
    above: int
    below: dict[UUID, int]

    def cycle(self, named: UUID) -> tuple[UUID, ...]:
        """The way from the group over one that it would name back to itself; empty if there is none."""
        if named != self.group and named not in self.towards:
            return ()
        way = [self.group, named]
        while way[-1] != self.group:
            way.append(self.towards[way[-1]])
        return tuple(way)

    def depth(self, named: UUID) -> int:
        """How many groups would be nested in one another where the group names this one."""
        return self.above + self.below.get(named, 1)


def place(edges: Edges, group: UUID) -> Place:
    """A group's place; `edges` have no cycle and go no deeper than DEPTH_LIMIT."""
    others = {source: targets for source, targets in edges.items() if source != group}
    named_by: dict[UUID, list[UUID]] = {}
    for source, targets in others.items():
        for target in targets:
            named_by.setdefault(target, []).append(source)
    above = _depths(named_by, [group])[group]
    return Place(group, _towards(named_by, group), above, _depths(others, others))


def _towards(named_by: Edges, goal: UUID) -> dict[UUID, UUID]:
    towards: dict[UUID, UUID] = {}
    reached = [goal]
    for each in reached:  # which grows as it goes: the nearest come first
        for source in named_by.get(each, ()):
            if source not in towards:
                towards[source] = each
                reached.append(source)
    return towards


def _depths(edges: Edges, wanted: Collection[UUID]) -> dict[UUID, int]:
    """How many groups the longest way along some edges has from each that is wanted, itself included."""
    depths: dict[UUID, int] = {}

    def depth(group: UUID) -> int:
        if group not in depths:
            depths[group] = 1 + max((depth(target) for target in edges.get(group, ())), default=0)
        return depths[group]

    for group in wanted:
        depth(group)
    return depths
