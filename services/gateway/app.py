"""The composition root: routes of every dialect, health, observation. The only file that sees them all."""

from aiohttp import web

from services.gateway import openapi
from services.gateway.cloudflare import routes as cloudflare
from services.gateway.cloudflare.endpoint import endpoint, not_asked
from services.gateway.cloudflare.envelope import BODY_BYTES
from services.gateway.observation import observe
from services.gateway.resources import context
from services.gateway.routing import check_declared
from shared.process.settings import Settings


def build(settings: Settings) -> web.Application:
    """The application; raises RuntimeError if it answers anything that no table declares."""
    app = web.Application(middlewares=[observe], client_max_size=BODY_BYTES)
    declared: set[tuple[str, str]] = set()
    for prefix in cloudflare.PREFIXES:
        for route in cloudflare.ROUTES:
            app.router.add_route(route.method, prefix + route.path, endpoint(route), expect_handler=not_asked)
            declared.add((route.method, prefix + route.path))
    for plain in openapi.ROUTES:
        app.router.add_get(plain.path, plain.handler)
        declared.add(("GET", plain.path))
    check_declared(app, declared)
    app[openapi.DOCUMENT] = openapi.document()
    app.cleanup_ctx.append(context(settings))
    return app
