"""Every request: a request id, a line in the log, a count and a duration by route."""

import time
from uuid import uuid4

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import Counter, Histogram

from services.gateway.cloudflare import envelope
from shared.process.logs import log

REQUESTS = Counter("gatehouse_http_requests_total", "Requests", ["method", "route", "status"])
SECONDS = Histogram("gatehouse_http_request_duration_seconds", "Time to answer", ["method", "route"])
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ID_LIMIT = 64


def _request_id(request: web.Request) -> str:
    given = request.headers.get("X-Request-ID", "")
    usable = given.isascii() and given.isprintable() and 0 < len(given) <= ID_LIMIT
    return given if usable else uuid4().hex


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Outermost: sees what the client gets, whoever made it."""
    request_id, started = _request_id(request), time.monotonic()
    structlog.contextvars.bind_contextvars(request_id=request_id)
    try:
        response = await handler(request)
    except web.HTTPException as error:
        response = envelope.failure(envelope.from_exception(error) or envelope.BROKEN)
    response.headers["X-Request-ID"] = request_id
    resource = request.match_info.route.resource
    route = resource.canonical if resource else "none"
    method = request.method if request.method in METHODS else "other"
    seconds = time.monotonic() - started
    REQUESTS.labels(method, route, str(response.status)).inc()
    SECONDS.labels(method, route).observe(seconds)
    log.debug("answered", method=method, route=route, status=response.status, seconds=round(seconds, 4))
    return response
