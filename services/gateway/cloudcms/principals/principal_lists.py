"""Principals as lists: all of them, those that a query finds."""

from typing import Any

from services.gateway.cloudcms.answers import ResultMap
from services.gateway.cloudcms.domains import check_domain
from services.gateway.cloudcms.principals import crowds
from services.gateway.cloudcms.principals.crowds import Asked
from services.gateway.cloudcms.principals.principal_documents import group_object, user_object
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
        async with acquire(call.resources.pool) as connection:
            return Answer(await _called(connection, call, texts[0], asked))
    kinds: tuple[str, ...] = TYPES
    if wanted.fields <= {"type"}:  # nothing else decides, so that none need be looked at
        kinds = tuple(kind for kind in TYPES if wanted.matches({"type": kind}))
        asked = asked._replace(query=None)
    return await _listed(call, asked, kinds)


async def _called(connection: Connection, call: Call, text: str, asked: Asked) -> ResultMap[Any]:
    """Of those whom a text may mean, those that are asked for."""
    found = await principals.called(connection, call.account, [text])
    rows = [group_object(each) for each in await groups.several(connection, call.account, found.groups)]
    rows += map(user_object, await profiles.several(connection, call.account, found.users))
    return await crowds.chosen(rows, asked)


async def _listed(call: Call, asked: Asked, kinds: tuple[str, ...]) -> Answer:
    async with (
        acquire(call.resources.pool) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        crowd = await crowds.everybody(connection, call.account, kinds)
        return Answer(await crowds.listed(connection, crowd, asked))
