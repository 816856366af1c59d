"""From what a client asks to be tested to a plan that nothing edited later can reach."""

import asyncio
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from services.gateway.cloudflare import references
from shared.policy.plans import AnyPlan
from shared.store import lists, resources
from shared.store.pool import Connection, one_moment
from shared.wire.cloudflare import making
from shared.wire.cloudflare.making import Made, Sought
from shared.wire.cloudflare.policies import Decoded
from shared.wire.cloudflare.policy_tests import Asked
from shared.wire.cloudflare.references import missing_policies, uuid
from shared.wire.cloudflare.sources import Kept, Used, encode_source
from shared.wire.faults import Faulty


class Resolved(NamedTuple):
    """A plan, and the JSON of what it was made of."""

    plan: AnyPlan
    source: bytes


async def resolve(connection: Connection, account: UUID, asked: Asked) -> Resolved:
    """The plan of a request's policies, as of one moment; raises Faulty for what is wrong or not there."""
    made = await plan(connection, account, Sought(asked.given, asked.policies))
    return await asyncio.to_thread(_resolved, made)


def _resolved(made: Made) -> Resolved:
    making.check_decisions(made.plan)
    return Resolved(made.plan, encode_source(made.shown, made.groups, made.lists))


async def plan(connection: Connection, account: UUID, sought: Sought) -> Made:
    """The plan of some policies, all of it as of one moment; raises Faulty for what is wrong or not there.

    It takes a handful of queries, however many groups are nested, and one for each list.
    """
    async with one_moment(connection):
        kept = await _kept(connection, account, sought.policies)
        documents = [kept[UUID(each)].document for each in sought.policies.policies if isinstance(each, str)]
        making.check_size(documents, sought.where)
        chosen = await asyncio.to_thread(making.choose, account, sought, kept)
        named = making.named_groups(chosen)
        stored = await resources.closure(connection, account, named) if named else {}
        making.check_size([*documents, *(each.document for each in stored.values())], sought.where)
        nested = [Kept(each.id, each.document) for each in stored.values()]
        opened = await asyncio.to_thread(making.open_groups, account, chosen, nested, sought.where)
        used = await _used(connection, account, making.named_lists(chosen, opened), sought.where)
    return await asyncio.to_thread(making.make, chosen, opened, used, sought.where)


async def _kept(connection: Connection, account: UUID, asked: Decoded) -> dict[UUID, Kept]:
    """The reusable policies that are asked for; raises Faulty for all that is wrong or not there at once."""
    named = {uuid(each.reference) for each in asked.references if isinstance(each.reference, str)}
    wanted = {each for each in named if each is not None}
    stored = await resources.several(connection, account, "policy", wanted) if wanted else {}
    missing = missing_policies(asked.references, stored)
    checked = await references.check(connection, account, asked.references)
    if faults := (*asked.faults, *missing, *checked.faults):
        raise Faulty(*faults)
    return {each.id: Kept(each.id, each.document) for each in stored.values()}


async def _used(connection: Connection, account: UUID, wanted: Collection[UUID], where: str) -> list[Used]:
    """The lists that are referred to; raises Faulty if they are too long together."""
    every = await lists.every(connection, account) if wanted else []
    found = [each for each in every if each.id in wanted]
    making.check_values(sum(each.fingerprint.items for each in found), where)
    return [
        Used(each.id, each.heading.name, each.type, await lists.values(connection, account, each.id))
        for each in found
    ]
