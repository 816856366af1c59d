"""For whoever runs the gateway: is it alive, is it ready, which version. Needs no token, tells no secrets."""

from importlib import metadata

from aiohttp import web
from prometheus_client.aiohttp import make_aiohttp_handler

from services.gateway.resources import RESOURCES, Resources
from shared.store import errors, migrate
from shared.store.pool import acquire

VERSION = metadata.version("gatehouse")


async def alive(_: web.Request) -> web.Response:
    """Answer GET /livez."""
    return web.json_response({"status": "ok"})


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
    body = {"status": "ok" if database == "ok" else "not ready", "database": database, "queue": queue}
    return web.json_response(body, status=200 if database == "ok" else 503)


async def version(_: web.Request) -> web.Response:
    """Answer GET /version."""
    return web.json_response({"version": VERSION})


ROUTES = (
    ("/livez", alive),
    ("/readyz", ready),
    ("/version", version),
    ("/metrics", make_aiohttp_handler()),
)
