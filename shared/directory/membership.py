"""Groups of a directory: whom records name, and which lead where, never twice, for there may be cycles."""

from collections.abc import Collection, Iterable, Mapping

import msgspec

Edges = Mapping[str, Collection[str]]
"""By group the groups that are members of it; or the other way round."""


names = msgspec.json.Decoder(tuple[str, ...]).decode
"""The groups that a user's record names, from their JSON."""


def closure(edges: Edges, start: Iterable[str]) -> dict[str, None]:
    """The groups that some lead to, these included, the nearest first."""
    reached = dict.fromkeys(start)
    waiting = list(reached)
    for each in waiting:  # which grows as it goes
        for target in edges.get(each, ()):
            if target not in reached:
                reached[target] = None
                waiting.append(target)
    return reached


def reversed_edges(edges: Edges) -> dict[str, list[str]]:
    """The same edges from their other ends."""
    turned: dict[str, list[str]] = {}
    for source, targets in edges.items():
        for target in targets:
            turned.setdefault(target, []).append(source)
    return turned


def depth(edges: Edges, start: str, most: int) -> int:
    """How many groups the longest way from one has, itself included; what goes deeper counts as one more.

    With a cycle on the way it goes deeper than anything.
    """
    level, found = {start}, 0
    while level and found <= most:
        level = {target for each in level for target in edges.get(each, ())}
        found += 1
    return found


def cycle(edges: Edges, group: str, member: str) -> tuple[str, ...]:
    """The way from a group over one that would be its member back to itself; empty if there is none."""
    came_from: dict[str, str] = {member: group}
    waiting = [member]
    for each in waiting:
        if each == group:
            break
        for target in edges.get(each, ()):
            if target not in came_from:
                came_from[target] = each
                waiting.append(target)
    if group not in came_from:
        return ()
    way = [group]
    while way[-1] != member:
        way.append(came_from[way[-1]])
    return (group, *reversed(way))
