"""Groups in groups, of either dialect, all those of an account together: no cycles, and not too deep."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from shared.policy.nesting import DEPTH_LIMIT
from shared.wire import quotas
from shared.wire.transfer.arrival.here import Here
from shared.wire.transfer.arrival.planned import Planned
from shared.wire.transfer.arrival.things import Group, Ruled, Thing

Node = TypeVar("Node", bound=Hashable)
Edges = dict[Hashable, Collection[Hashable]]
"""By group the groups in it."""


def acyclic(planned: Sequence[Planned], here: Here) -> list[Planned]:
    """The same, with those refused by which groups would contain themselves, or be nested too deep."""
    written = [each for each in planned if each.writes]
    groups: Edges = {each.after.id: each.after.members for each in written if isinstance(each.after, Group)}
    ruled: Edges = {
        each.after.id: tuple(name.id for name in each.names if name.kind == "group")
        for each in written
        if isinstance(each.after, Ruled) and each.after.kind == "group"
    }
    faults = dict[Hashable, str]()
    if any(groups.values()):
        faults |= nested({**_edges(here.nestings), **groups}, groups, quotas.GROUPS_DEPTH)
    if any(ruled.values()):
        faults |= nested({**_edges(here.rule_nestings), **ruled}, ruled, DEPTH_LIMIT)
    return [_checked(each, faults) for each in planned] if faults else list(planned)


def _edges(nestings: Mapping[Node, Collection[Node]]) -> Edges:
    return {group: tuple(those) for group, those in nestings.items()}


def _checked(planned: Planned, faults: Mapping[Hashable, str]) -> Planned:
    own = _group(planned.after) if planned.writes else None
    return planned.refused(faults[own]) if own is not None and own in faults else planned


def _group(thing: Thing | None) -> Hashable:
    match thing:
        case Group(id=own) | Ruled(kind="group", id=own):
            return own
        case _:
            return None


def nested(edges: Edges, new: Collection[Hashable], limit: int) -> dict[Hashable, str]:
    """What is wrong with new groups, where `edges` are by group the groups in it, the new ones too."""
    try:
        order = [*TopologicalSorter(edges).static_order()]
    except CycleError as error:
        cycle: list[Hashable] = error.args[1]
        way = " → ".join(f"`{each}`" for each in reversed(cycle))
        return {each: f"groups would be members of themselves: {way}" for each in cycle if each in new}
    below = _depths(order, edges)
    above = _depths(reversed(order), _reversed(edges))
    message = f"groups are nested at most {limit} deep"
    return {each: message for each in new if below[each] + above[each] - 1 > limit}


def _depths(order: Iterable[Hashable], edges: Edges) -> dict[Hashable, int]:
    """How many groups the longest way along edges from each has, itself too; in an order from their ends."""
    depths = dict[Hashable, int]()
    for each in order:
        depths[each] = 1 + max((depths[other] for other in edges.get(each, ())), default=0)
    return depths


def _reversed(edges: Edges) -> Edges:
    turned = defaultdict[Hashable, list[Hashable]](list)
    for source, others in edges.items():
        for other in others:
            turned[other].append(source)
    return dict(turned)
