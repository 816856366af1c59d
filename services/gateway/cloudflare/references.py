"""What policies and groups refer to: it is there, it is of the right kind, and no group contains itself."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.gateway.cloudflare import envelope
from shared.policy import nesting
from shared.policy.rules.references import Group
from shared.store import lists, resources
from shared.store.pool import Connection
from shared.store.resources import Referrer, Target
from shared.wire.cloudflare.criteria import Placed
from shared.wire.cloudflare.references import Known, named, nesting_faults, problem, uuid
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


async def check(connection: Connection, account: UUID, placed: Sequence[Placed]) -> Checked:
    """Look every reference up. A writer holds `resources.lock`, so that what is there stays."""
    references = [(each.reference, each.pointer) for each in placed if not isinstance(each.reference, str)]
    ids = {text: uuid(text) for text in {reference.id for reference, _ in references}}
    wanted = [each for each in ids.values() if each is not None]
    groups = await resources.names(connection, account, "group", wanted)
    known = Known(groups, await lists.kinds(connection, account, wanted))
    there, faults = list[There](), list[Fault]()
    for reference, pointer in references:
        found, wrong = ids[reference.id], problem(reference, known)
        if wrong is not None:
            faults.append(Fault(wrong, pointer))
        elif found is not None:
            there.append(There(pointer, Target("group" if isinstance(reference, Group) else "list", found)))
    return Checked(tuple(there), tuple(faults))


async def check_nesting(
    connection: Connection, account: UUID, group: Referrer, there: Sequence[There]
) -> tuple[Fault, ...]:
    """What is wrong with the groups that a group names: one leads back to it, or they go too deep."""
    referred = [(each.pointer, each.target.id) for each in there if each.target.kind == "group"]
    if not referred:
        return ()
    edges = await resources.nesting(connection, account)
    place = await asyncio.to_thread(nesting.place, edges, group.id)
    ids = {each for _, target in referred for each in place.cycle(target)}
    names = await resources.names(connection, account, "group", ids) | {group.id: group.name}
    return nesting_faults(place, names, referred)


async def check_unused(connection: Connection, account: UUID, target: Target) -> None:
    """Raises Failed, naming who refers to it. The transaction holds `resources.lock`."""
    referrers = await resources.referrers(connection, account, *target)
    if referrers:
        names = [f"{each.kind} {named(each.name, each.id)}" for each in referrers[:NAMED]]
        others = " and others" if len(referrers) > NAMED else ""
        raise envelope.in_use(f"the {target.kind} is used by {', '.join(names)}{others}")
