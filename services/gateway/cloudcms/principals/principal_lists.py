"""Principals as lists: all of them, those that a query finds."""

from services.gateway.cloudcms.domains import check_domain
from services.gateway.cloudcms.principals import crowds
from services.gateway.cloudcms.principals.crowds import Asked, Crowd, Found
from services.gateway.routing import Answer, Call
from shared.store import groups, principals, profiles
from shared.store.pool import Connection, acquire
from shared.wire.cloudcms import queries

INDEXED = ("_doc", "name", "email")
TYPES = ("USER", "GROUP")


async def every(call: Call) -> Answer:
    """Answer GET …/principals."""
    check_domain(call)
    asked = crowds.asked(call.request, call.query)
    return await _listed(call, asked, TYPES)


async def query(call: Call) -> Answer:
    """Answer POST …/principals/query."""
    check_domain(call)
    wanted = queries.decode(call.body)
    asked = crowds.asked(call.request, call.query, wanted if call.body else None)
    texts = [value for name, value in wanted.equalities().items() if name in INDEXED]
    if texts and isinstance(texts[0], str):
        return Answer(await crowds.chosen(call, await _called(call, texts[0]), asked))
    kinds: tuple[str, ...] = TYPES
    if wanted.fields <= {"type"}:  # nothing else decides, so that none need be looked at
        kinds = tuple(kind for kind in TYPES if wanted.matches({"type": kind}))
        asked = asked._replace(query=None)
    return await _listed(call, asked, kinds)


async def _called(call: Call, text: str) -> Found:
    """Those whom a text may mean."""
    async with acquire(call.resources.pool) as connection:
        found = await principals.called(connection, call.account, [text])
        return [
            *await groups.several(connection, call.account, found.groups),
            *await profiles.several(connection, call.account, found.users),
        ]


async def _listed(call: Call, asked: Asked, kinds: tuple[str, ...]) -> Answer:
    async def crowd(connection: Connection) -> Crowd:
        return await crowds.everybody(connection, call.account, kinds)

    return Answer(await crowds.listed(call, crowd, asked))
