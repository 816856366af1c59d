"""What policies and groups refer to, as they write it: what is wrong with a reference, in words."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from shared.policy import nesting
from shared.policy.nesting import Place
from shared.policy.rules.kinds import Reference
from shared.policy.rules.references import EmailList, Group, IpList
from shared.wire.cloudflare.criteria import Placed
from shared.wire.faults import Fault

UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Known(NamedTuple):
    """What there is to refer to: groups, and lists with their types."""

    groups: Collection[UUID]
    lists: Mapping[UUID, str]


def uuid(text: str) -> UUID | None:
    """An id in a body; None for what cannot be one."""
    return UUID(text) if UUID_TEXT.fullmatch(text.lower()) else None


def problem(reference: Reference, known: Known) -> str | None:
    """What is wrong with a reference; None for one that is right."""
    found = uuid(reference.id)
    match reference:
        case Group(text):
            return None if found in known.groups else f"the group `{text[:64]}` does not exist"
        case EmailList(text):
            return _list_problem(text, known.lists.get(found) if found else None, "EMAIL")
        case IpList(text):
            return _list_problem(text, known.lists.get(found) if found else None, "IP")


def _list_problem(text: str, kind: str | None, wanted: str) -> str | None:
    if kind is None:
        return f"the list `{text[:64]}` does not exist"
    if kind != wanted:
        return f"the list `{text}` is of type `{kind}`, here goes one of type `{wanted}`"
    return None


def missing_policies(placed: Sequence[Placed], known: Collection[UUID]) -> list[Fault]:
    """A fault for each reusable policy that is not there."""
    return [
        Fault(f"the policy `{each.reference[:64]}` does not exist", each.pointer)
        for each in placed
        if isinstance(each.reference, str) and uuid(each.reference) not in known
    ]


def unknown(placed: Sequence[Placed], known: Known) -> list[Fault]:
    """A fault for each reference of a rule that is wrong."""
    found = [
        (problem(each.reference, known), each.pointer)
        for each in placed
        if not isinstance(each.reference, str)
    ]
    return [Fault(message, pointer) for message, pointer in found if message is not None]


def named(name: str, resource_id: UUID) -> str:
    """Something kept, in words."""
    return f"`{name[:64]}` ({resource_id})"


def nesting_faults(
    place: Place, names: Mapping[UUID, str], referred: Sequence[tuple[str, UUID]]
) -> tuple[Fault, ...]:
    """What is wrong with the groups that a group would name: one leads back to it, or they go too deep.

    `names` are those of all groups on the ways back, `referred` the groups named and where.
    """
    faults = list[Fault]()
    for pointer, target in referred:
        depth = place.depth(target)
        if cycle := place.cycle(target):
            way = ", which names ".join(named(names[each], each) for each in cycle[1:])
            start = named(names[place.group], place.group)
            faults.append(Fault(f"the group would contain itself: {start} names {way}", pointer))
        elif depth > nesting.DEPTH_LIMIT:
            message = f"{depth} groups would be nested in one another, {nesting.DEPTH_LIMIT} is the limit"
            faults.append(Fault(message, pointer))
    return tuple(faults)
