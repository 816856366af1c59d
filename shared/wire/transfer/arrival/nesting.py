"""Groups that are in groups, of either dialect, all those of an account together: cycles, and how deep it goes."""

from collections.abc import Collection, Hashable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple, TypeVar

Node = TypeVar("Node", bound=Hashable)


class Nested(NamedTuple):
    """What is wrong: groups in a circle, in their order, if there is one; else groups that go too deep."""

    cycle: tuple[Hashable, ...] = ()
    deep: frozenset[Hashable] = frozenset()


def nested(edges: Mapping[Node, Collection[Node]], limit: int) -> Nested:
    """Look at all groups, by each the groups in it."""
    try:
        order = [*TopologicalSorter(edges).static_order()]
    except CycleError as error:
        return Nested(cycle=tuple(error.args[1]))
    depths = dict[Node, int]()
    for each in order:  # those in it before it
        depths[each] = 1 + max((depths[member] for member in edges.get(each, ())), default=0)
    return Nested(deep=frozenset(each for each, depth in depths.items() if depth > limit))
