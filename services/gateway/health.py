"""For whoever runs the gateway: is it alive, is it ready, which version. Needs no token, tells no secrets."""

from importlib import metadata
from typing import Any, Literal

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler
from msgspec import Struct
from prometheus_client.aiohttp import make_aiohttp_handler

from services.gateway.resources import RESOURCES, Resources
from shared.store import errors, migrate
from shared.store.pool import acquire

# By what the caller accepts.
METRICS = ("text/plain", "application/openmetrics-text")
VERSION = metadata.version("gatehouse")


class Plain(Struct, frozen=True):
    """A GET that anybody may make, and what it answers by status.

    That is the type of the JSON, or else the media types of a text; None for nothing.
    """

    path: str
    handler: Handler
    summary: str
    answers: dict[int, Any]


class Alive(Struct, frozen=True):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(Struct, frozen=True):
    """Whether requests can be served, and what stands in the way."""

    status: Literal["ok", "not ready"]
    database: str
    queue: str


class Version(Struct, frozen=True):
    """Which version answers."""

    version: str = VERSION


def _json(body: Struct, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")


async def alive(_: web.Request) -> web.Response:
    """Answer GET /livez."""
    return _json(Alive())


async def _database(resources: Resources) -> str:
    try:
        async with acquire(resources.pool) as connection:
            pending = await migrate.pending(connection)
    except migrate.MigrationError as fault:
        return str(fault)
    except errors.TRANSIENT as fault:
        return f"not available: {type(fault).__name__}"
    return f"migration `{pending[0].name}` is pending, run `gatehouse migrate`" if pending else "ok"


async def ready(request: web.Request) -> web.Response:
    """Answer GET /readyz: PostgreSQL at this version's schema. Without Redis it is degraded: tests wait."""
    resources = request.app[RESOURCES]
    database = await _database(resources)
    queue = "ok" if await resources.hints.reachable() else "degraded: tests start, and run when Redis is back"
    if database == "ok":
        return _json(Readiness("ok", database, queue))
    return _json(Readiness("not ready", database, queue), 503)


async def version(_: web.Request) -> web.Response:
    """Answer GET /version."""
    return _json(Version())


ROUTES = (
    Plain("/livez", alive, "Is it alive", {200: Alive}),
    Plain("/readyz", ready, "Can it serve", {200: Readiness, 503: Readiness}),
    Plain("/version", version, "Which version it is", {200: Version}),
    Plain("/metrics", make_aiohttp_handler(), "Numbers for Prometheus", {200: METRICS}),
)
