"""Groups that name one another: which goes first, and what the others call it by then."""

import graphlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from services.cli import failures
from services.cli.kinds import GroupShape
from services.cli.shelf import Kept
from services.cli.targets import Step, labels

PARTS = ("include", "exclude", "require")

# The id of a group that is there, or the number of a step that makes one.
Node = str | int


def _named(rules: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """What stands under the key of each rule that names a group."""
    for rule in rules:
        under = rule.get("group") if isinstance(rule, dict) else None
        if isinstance(under, dict) and isinstance(under.get("id"), str):
            yield under


def _needs(group: Kept | GroupShape) -> list[str]:
    """The ids of the groups that a group names."""
    parts = (group.include, group.exclude, group.require)
    return [under["id"].lower() for part in parts for under in _named(part or ())]


def ordered(steps: Sequence[Step], there: Iterable[Kept]) -> list[Step]:
    """Steps so that what a group names is written before it; raises Refused for groups in a circle.

    Groups that are not in the file count: what leads from one of the file to another may go through them.
    """
    nodes = {_node(step, number): step for number, step in enumerate(steps)}
    called = {label: node for node, step in nodes.items() for label in labels(step.document)}
    edges: dict[Node, list[Node]] = {}
    for node, step in nodes.items():
        shape = step.document.shape
        assert isinstance(shape, GroupShape)  # noqa: S101  # INVARIANT: groups alone name groups
        edges[node] = [called.get(need, need) for need in _needs(shape)]
    for each in there:
        edges.setdefault(each.id.lower(), [*_needs(each)])
    try:
        order = list(graphlib.TopologicalSorter(edges).static_order())
    except graphlib.CycleError as error:
        names = [str(nodes[node].document) if node in nodes else f"`{node}`" for node in error.args[1][::-1]]
        circle = ", which names ".join(names)
        raise failures.Refused(f"nothing was applied\na group would contain itself: {circle}") from None
    return [nodes[node] for node in order if node in nodes]


def _node(step: Step, number: int) -> Node:
    return number if step.target is None else step.target.id.lower()


def renamed(text: bytes, ids: Mapping[str, str]) -> bytes:
    """A group with other ids where it names others of its file; as it was written if there are none."""
    members: dict[str, Any] = msgspec.json.decode(text)
    changed = False
    for under in (each for part in PARTS for each in _named(members.get(part) or ())):
        uid = ids.get(under["id"].lower())
        if uid is not None and uid != under["id"].lower():
            under["id"], changed = uid, True
    return msgspec.json.encode(members) if changed else text
