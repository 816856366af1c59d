"""Lists of access policies: all of them, or those that a query finds."""

import asyncio
from collections.abc import Iterable
from uuid import UUID

import msgspec

from services.gateway.auth import Scope
from services.gateway.bodies import BODY_BYTES
from services.gateway.cloudcms import listing
from services.gateway.cloudcms.answers import ResultMap
from services.gateway.cloudcms.bounds import SMALL_BYTES, room
from services.gateway.cloudcms.listing import Listing
from services.gateway.cloudcms.policies import policy_rows
from services.gateway.cloudcms.policies.policies import ID, NUMBER_LIMIT, PATH
from services.gateway.cloudcms.policies.policy_rows import Choice
from services.gateway.routing import Answer, Body, Call, Route
from shared.store import access_policies
from shared.store.access_policies import Stored, Usage
from shared.store.pool import acquire
from shared.wire.cloudcms import objects, queries
from shared.wire.cloudcms.policy_shapes import AccessPolicyDocument
from shared.wire.cloudcms.queries import Query
from shared.wire.cloudcms.shapes import QueryObject


async def page(call: Call) -> Answer:
    """Answer GET /access/policies."""
    asked: Listing = call.query
    by = listing.sorts(call.request)
    return await _listed(call, Choice(asked, by))


async def search(call: Call) -> Answer:
    """Answer POST /access/policies/query."""
    asked: Listing = call.query
    query: Query = call.body
    by = listing.sorts(call.request)
    return await _listed(call, Choice(asked, by, query))


async def _listed(call: Call, choice: Choice) -> Answer:
    wanted = {} if choice.query is None else choice.query.equalities()
    if "_doc" in wanted:
        return Answer(await _by_id(call, wanted["_doc"], choice))
    async with acquire(call.resources.pool) as connection:
        usage = await access_policies.usage(connection, call.account)
    read = min(choice.listing.most, usage.number) if choice.any else usage.number
    heavy = usage.total_bytes * read > BODY_BYTES * usage.number
    async with room(call, heavy=heavy or choice.costly):
        return Answer(await (_slice if choice.any else _scan)(call, usage, choice))


async def _by_id(call: Call, policy_id: object, choice: Choice) -> ResultMap[msgspec.Raw]:
    """The policy of an id, if it is one and found by all else that is asked."""
    ids = [policy_id] if isinstance(policy_id, str) and ID.fullmatch(policy_id) else []
    async with room(call, heavy=choice.costly):
        async with acquire(call.resources.pool) as connection:
            found = await access_policies.several(connection, call.account, ids)
        return await _chosen(found.values(), choice)


async def _slice(call: Call, usage: Usage, choice: Choice) -> ResultMap[msgspec.Raw]:
    """A part of all policies as they were created."""
    window = (choice.listing.skip, choice.listing.most)
    async with acquire(call.resources.pool) as connection:
        rows = await access_policies.page(connection, call.account, window)
    found = map(policy_rows.stored, rows)
    if sum(len(row.document) for row in rows) <= SMALL_BYTES:
        return policy_rows.shown(found, usage.number, window[0])
    return await asyncio.to_thread(policy_rows.shown, found, usage.number, window[0])


async def _scan(call: Call, _: Usage, choice: Choice) -> ResultMap[msgspec.Raw]:
    """A part of the policies that have to be looked into."""
    async with acquire(call.resources.pool) as connection:
        rows = await access_policies.page(connection, call.account, (0, NUMBER_LIMIT))
    return await _chosen(rows, choice)


async def _chosen(rows: Iterable[Stored], choice: Choice) -> ResultMap[msgspec.Raw]:
    """In a thread, however few they are: a query may have much to ask of one."""
    return await asyncio.to_thread(policy_rows.chosen, list(map(policy_rows.stored, rows)), choice)


def decode_query(body: bytes, _: UUID) -> Query:
    """A query from a body; raises Faulty."""
    return queries.decode(objects.decode(body))


MAP = ResultMap[AccessPolicyDocument]
READ = Scope.ENTITLEMENTS_READ
ROUTES = (
    Route("GET", PATH, READ, page, "The account's access policies, oldest first", MAP, query=Listing),
    Route(
        *("POST", PATH + "/query", READ, search, "Access policies that a query finds", MAP),
        query=Listing,
        body=Body(QueryObject, decode_query, large=True),
    ),
)
