"""Every request: a request id, a line in the log, a count and a duration by route."""

import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import Counter, Histogram

from shared.process.logs import log

REQUESTS = Counter("gatehouse_http_requests_total", "Requests", ["method", "route", "status"])
SECONDS = Histogram("gatehouse_http_request_duration_seconds", "Time to answer", ["method", "route"])
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ID_LIMIT = 64

Refusal = Callable[[web.Request, web.HTTPException], web.Response]


def _request_id(request: web.Request) -> str:
    given = request.headers.get("X-Request-ID", "")
    usable = given.isascii() and given.isprintable() and 0 < len(given) <= ID_LIMIT
    return given if usable else uuid4().hex


def observing(refuse: Refusal) -> Middleware:
    """What sees all that clients get, whoever made it; `refuse` answers what no route does."""

    @web.middleware
    async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
        request_id, started = _request_id(request), time.monotonic()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = refuse(request, error)
        response.headers["X-Request-ID"] = request_id
        _count(request, response, time.monotonic() - started)
        return response

    return observe


def _count(request: web.Request, response: web.StreamResponse, seconds: float) -> None:
    resource = request.match_info.route.resource
    route = resource.canonical if resource else "none"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(method, route, str(response.status)).inc()
    SECONDS.labels(method, route).observe(seconds)
    log.debug("answered", method=method, route=route, status=response.status, seconds=round(seconds, 4))
