"""What policies and groups refer to: it is there, it is of the right kind, and no group contains itself."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.gateway.cloudflare import envelope
from services.gateway.cloudflare.endpoint import UUID_TEXT
from shared.policy import nesting
from shared.policy.rules.kinds import Reference
from shared.policy.rules.references import EmailList, Group, IpList
from shared.store import lists, resources
from shared.store.pool import Connection
from shared.store.resources import Referrer, Target
from shared.wire.cloudflare.criteria import Placed
from shared.wire.faults import Fault

NAMED = resources.REFERRERS_LIMIT - 1


class There(NamedTuple):
    """A reference to something that is there, and where it stands."""

    pointer: str
    target: Target


class Checked(NamedTuple):
    """The references that are right, and what is wrong with the others."""

    there: tuple[There, ...]
    faults: tuple[Fault, ...]


def uuid(text: str) -> UUID | None:
    """An id in a body; None for what cannot be one."""
    return UUID(text) if UUID_TEXT.fullmatch(text.lower()) else None


async def check(connection: Connection, account: UUID, placed: Sequence[Placed]) -> Checked:
    """Look every reference up. A writer holds `resources.lock`, so that what is there stays."""
    references = [(each.reference, each.pointer) for each in placed if not isinstance(each.reference, str)]
    ids = {text: uuid(text) for text in {reference.id for reference, _ in references}}
    wanted = [each for each in ids.values() if each is not None]
    groups = await resources.names(connection, account, "group", wanted)
    types = await lists.kinds(connection, account, wanted)
    there, faults = list[There](), list[Fault]()
    for reference, pointer in references:
        found = ids[reference.id]
        problem = _problem(reference, found, groups, types)
        if problem is not None:
            faults.append(Fault(problem, pointer))
        elif found is not None:
            there.append(There(pointer, Target("group" if isinstance(reference, Group) else "list", found)))
    return Checked(tuple(there), tuple(faults))


def _problem(
    reference: Reference, found: UUID | None, groups: Collection[UUID], types: Mapping[UUID, str]
) -> str | None:
    match reference:
        case Group(text):
            return None if found in groups else f"the group `{text[:64]}` does not exist"
        case EmailList(text):
            return _list_problem(text, types.get(found) if found else None, "EMAIL")
        case IpList(text):
            return _list_problem(text, types.get(found) if found else None, "IP")


def _list_problem(text: str, kind: str | None, wanted: str) -> str | None:
    if kind is None:
        return f"the list `{text[:64]}` does not exist"
    if kind != wanted:
        return f"the list `{text}` is of type `{kind}`, here goes one of type `{wanted}`"
    return None


async def check_nesting(
    connection: Connection, account: UUID, group: Referrer, there: Sequence[There]
) -> tuple[Fault, ...]:
    """What is wrong with the groups that a group names: one leads back to it, or they go too deep."""
    named = [each for each in there if each.target.kind == "group"]
    if not named:
        return ()
    edges = await resources.nesting(connection, account)
    place = await asyncio.to_thread(nesting.place, edges, group.id)
    cycles = {each.target.id: place.cycle(each.target.id) for each in named}
    ids = {each for cycle in cycles.values() for each in cycle}
    names = await resources.names(connection, account, "group", ids) | {group.id: group.name}
    faults = list[Fault]()
    for pointer, target in named:
        depth = place.depth(target.id)
        if cycle := cycles[target.id]:
            way = ", which names ".join(_named(names[each], each) for each in cycle[1:])
            start = _named(group.name, group.id)
            faults.append(Fault(f"the group would contain itself: {start} names {way}", pointer))
        elif depth > nesting.DEPTH_LIMIT:
            message = f"{depth} groups would be nested in one another, {nesting.DEPTH_LIMIT} is the limit"
            faults.append(Fault(message, pointer))
    return tuple(faults)


def _named(name: str, resource_id: UUID) -> str:
    return f"`{name[:64]}` ({resource_id})"


async def check_unused(connection: Connection, account: UUID, target: Target) -> None:
    """Raises Failed, naming who refers to it. The transaction holds `resources.lock`."""
    referrers = await resources.referrers(connection, account, *target)
    if referrers:
        names = [f"{each.kind} {_named(each.name, each.id)}" for each in referrers[:NAMED]]
        others = " and others" if len(referrers) > NAMED else ""
        raise envelope.in_use(f"the {target.kind} is used by {', '.join(names)}{others}")
