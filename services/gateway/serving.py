"""What every operation does around its handler once its caller is known, whatever the dialect."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

from aiohttp import web

from services.gateway import bodies, queries
from services.gateway.auth import Caller
from services.gateway.resources import RESOURCES, Resources
from services.gateway.routing import Answer, Body, Call, Route
from services.gateway.turns import Turns


async def served(request: web.Request, route: Route, caller: Caller) -> Answer:
    """What a route answers a caller who may ask. Raises Faulty, and whatever its handler does."""
    resources = request.app[RESOURCES]
    await bodies.ask(request)
    asked = queries.decode(request.query, route.query)
    text = await _text(request, route)
    async with AsyncExitStack() as held:
        for turns in _turns(resources, route, text):
            await held.enter_async_context(turns.turn(caller.account))
        given = await _given(route, text, caller.account)
        own = resources.of(caller.account)
        return await route.handler(Call(request, own, caller, asked, given))


def _turns(resources: Resources, route: Route, text: bytes) -> Iterator[Turns]:
    """What the account must have a turn of, but for connections, which have their own."""
    if len(text) > bodies.BODY_BYTES:
        yield resources.large
    if route.writes and not route.waits:
        yield resources.writes


async def _text(request: web.Request, route: Route) -> bytes:
    """The body of a route that has one; nothing where the handler reads it."""
    if not isinstance(route.body, Body):
        return b""
    return await bodies.read(request, route.body.limit or bodies.BODY_BYTES)


async def _given(route: Route, text: bytes, account: UUID) -> Any:  # noqa: ANN401  # the route's
    if not isinstance(route.body, Body):
        return None
    if route.body.large and len(text) > route.body.small:
        return await asyncio.to_thread(route.body.decode, text, account)
    return route.body.decode(text, account)
