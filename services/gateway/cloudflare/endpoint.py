"""What every operation of this dialect does around its handler: who calls, may they, how failures look.

The order is fixed: token, account, scope, and only then anything of the request's body.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestPayloadError

from services.gateway.auth import Caller
from services.gateway.cloudflare import callers, envelope, query
from services.gateway.resources import RESOURCES, Resources
from services.gateway.routing import Body, Call, Route, Upload
from services.gateway.turns import Turns
from shared.process.logs import log
from shared.store import errors

BODY_SECONDS = 30.0
# What reading a body raises when the client goes away, or sends what its headers did not promise.
BODY_ERRORS = (OSError, ClientError, HttpProcessingError, RequestPayloadError)
ACCOUNT = re.compile(r"[0-9a-f]{32}")
UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def endpoint(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A route's handler with all that is around it."""

    async def respond(request: web.Request) -> web.StreamResponse:
        try:
            resources = request.app[RESOURCES]
            caller = await callers.caller(request, resources.tokens)
            _check_allowed(caller, request.match_info["account_id"], route)
            await _ask_for_body(request)
            asked = query.decode(request.query, route.query)
            text = await _text(request, route)
            async with AsyncExitStack() as held:
                for turns in _turns(resources, route, text):
                    await held.enter_async_context(turns.turn(caller.account))
                given = await _given(route, text, caller.account)
                own = resources.of(caller.account)
                answer = await route.handler(Call(request, own, caller, asked, given))
            return envelope.answer(answer.result, answer.page, route.status)
        except Exception as error:  # noqa: BLE001  # the last resort: whatever it is, the client gets an envelope
            return envelope.failure(_failure(error, route))

    return respond


async def not_asked(_: web.Request) -> None:
    """Let a client that waits to be asked for its body wait until it is known who it is."""


async def _ask_for_body(request: web.Request) -> None:
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # that was not the answer


def _check_allowed(caller: Caller, account: str, route: Route) -> None:
    """A foreign account answers as an absent one; only in the caller's own does the scope matter."""
    if ACCOUNT.fullmatch(account) is None or caller.account != UUID(account):
        raise envelope.Failed(envelope.NO_ROUTE)
    if not caller.may(route.scope):
        raise envelope.lacks_scope(route.scope.value)


def _failure(error: Exception, route: Route) -> envelope.Failure:
    known = envelope.from_exception(error)
    if known is not None:
        return known
    if isinstance(error, errors.TRANSIENT):
        log.warning("database not available", route=route.path, reason=type(error).__name__)
        return envelope.UNAVAILABLE
    log.exception("request failed", route=route.path, exc_info=error)
    return envelope.BROKEN


def _turns(resources: Resources, route: Route, text: bytes) -> Iterator[Turns]:
    """What the account must have a turn of, but for connections, which have their own."""
    if len(text) > envelope.BODY_BYTES:
        yield resources.large
    if route.method != "GET" and not isinstance(route.body, Upload):
        yield resources.writes


async def _text(request: web.Request, route: Route) -> bytes:
    """The body of a route that has one; nothing where the handler reads it."""
    if not isinstance(route.body, Body):
        return b""
    return await body(request, route.body.limit or envelope.BODY_BYTES)


async def _given(route: Route, text: bytes, account: UUID) -> Any:  # noqa: ANN401  # the route's
    if not isinstance(route.body, Body):
        return None
    if route.body.large:
        return await asyncio.to_thread(route.body.decode, text, account)
    return route.body.decode(text, account)


async def body(request: web.Request, limit: int) -> bytes:
    """A request's whole body, within a limit of bytes; raises Failed for one that is longer or dribbles."""
    try:
        return await asyncio.wait_for(request.clone(client_max_size=limit).read(), BODY_SECONDS)
    except web.HTTPRequestEntityTooLarge:
        raise envelope.too_large(limit) from None
    except TimeoutError:
        raise envelope.Failed(envelope.SLOW) from None
    except BODY_ERRORS:
        raise envelope.Failed(envelope.CUT_OFF) from None


def path_id(call: Call, name: str) -> UUID:
    """An id of the path; what cannot be one is as absent as one that nobody has."""
    text = call.request.match_info[name].lower()
    if UUID_TEXT.fullmatch(text) is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    return UUID(text)
