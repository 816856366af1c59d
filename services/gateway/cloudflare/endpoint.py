"""What every operation of this dialect does around its handler: who calls, may they, how failures look.

The order is fixed: token, account, scope, and only then anything of the request's body.
"""

import re
from collections.abc import Awaitable, Callable
from uuid import UUID

from aiohttp import web

from services.gateway import downloads
from services.gateway.auth import Caller
from services.gateway.cloudflare import callers, envelope
from services.gateway.resources import RESOURCES
from services.gateway.routing import Call, Route
from services.gateway.serving import served
from shared.process.logs import log
from shared.store import errors
from shared.wire.cloudflare.references import UUID_TEXT

ACCOUNT = re.compile(r"[0-9a-f]{32}")


def endpoint(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A route's handler with all that is around it."""

    async def respond(request: web.Request) -> web.StreamResponse:
        try:
            caller = await callers.caller(request, request.app[RESOURCES].tokens)
            _check_allowed(caller, request.match_info["account_id"], route)
            answer = await served(request, route, caller)
            if route.files:
                return await downloads.send(request, answer.result)
            return envelope.answer(answer.result, answer.page, route.status)
        except Exception as error:  # noqa: BLE001  # the last resort: whatever it is, the client gets an envelope
            return envelope.failure(_failure(error, route))

    return respond


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


def path_id(call: Call, name: str) -> UUID:
    """An id of the path; what cannot be one is as absent as one that nobody has."""
    text = call.request.match_info[name].lower()
    if UUID_TEXT.fullmatch(text) is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    return UUID(text)
