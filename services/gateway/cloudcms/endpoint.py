"""What every operation of this dialect does around its handler: who calls, may they, how failures look."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from services.gateway import downloads
from services.gateway.auth import Caller
from services.gateway.cloudcms import answers
from services.gateway.cloudcms.sessions import callers
from services.gateway.resources import RESOURCES
from services.gateway.routing import Entrance, Route
from services.gateway.serving import served
from shared.process.logs import log
from shared.store import errors


def endpoint(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A route's handler with all that is around it; the account is the token's."""

    async def respond(request: web.Request) -> web.StreamResponse:
        try:
            caller = await callers.caller(request, request.app[RESOURCES].tokens)
            _check_allowed(caller, route)
            answer = await served(request, route, caller)
            if route.files:
                return await downloads.send(request, answer.result)
            return answers.answer(answer.result, route.status)
        except Exception as error:  # noqa: BLE001  # the last resort: whatever it is, the client gets an answer
            return answers.failure(failure_of(error, route.path))

    return respond


def entrance(route: Entrance) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """An operation without a caller, with all that is around it."""

    async def respond(request: web.Request) -> web.StreamResponse:
        try:
            return answers.answer(await route.handler(request, request.app[RESOURCES]))
        except Exception as error:  # noqa: BLE001  # the last resort: whatever it is, the client gets an answer
            return answers.failure(failure_of(error, route.path))

    return respond


def _check_allowed(caller: Caller, route: Route) -> None:
    if not caller.may(route.scope):
        raise answers.lacks_scope(route.scope.value)


def failure_of(error: Exception, path: str) -> answers.Failure:
    """What an exception is answered with; one that nobody expected is logged."""
    known = answers.from_exception(error)
    if known is not None:
        return known
    if isinstance(error, errors.TRANSIENT):
        log.warning("database not available", route=path, reason=type(error).__name__)
        return answers.UNAVAILABLE
    log.exception("request failed", route=path, exc_info=error)
    return answers.BROKEN
