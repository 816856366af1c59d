"""The composition root: routes of every dialect, health, observation. The only file that sees them all."""

from collections.abc import Iterator
from typing import NamedTuple

from aiohttp import web
from aiohttp.typedefs import Handler

from services.gateway import openapi
from services.gateway.bodies import BODY_BYTES, not_asked
from services.gateway.cloudcms import answers
from services.gateway.cloudcms import endpoint as cloudcms
from services.gateway.cloudcms import routes as cloudcms_routes
from services.gateway.cloudflare import endpoint as cloudflare
from services.gateway.cloudflare import envelope
from services.gateway.cloudflare import routes as cloudflare_routes
from services.gateway.observation import observing
from services.gateway.resources import context
from services.gateway.routing import check_declared
from shared.process.settings import Settings

# Where the first dialect is, so that what no route answers is refused in the words of the right one.
ACCOUNTS = ("/accounts", "/client/")


class Served(NamedTuple):
    """One operation at its place, which the router calls by its template."""

    method: str
    path: str
    template: str
    handler: Handler


def _served() -> Iterator[Served]:
    for prefix in cloudflare_routes.PREFIXES:
        for route in cloudflare_routes.ROUTES:
            yield Served(
                route.method, prefix + route.path, prefix + route.template, cloudflare.endpoint(route)
            )
    for each in cloudcms_routes.ENTRANCES:
        yield Served(each.method, each.path, each.path, cloudcms.entrance(each))
    for route in cloudcms_routes.ROUTES:
        yield Served(route.method, route.path, route.template, cloudcms.endpoint(route))


def _refuse(request: web.Request, error: web.HTTPException) -> web.Response:
    if request.path.startswith(ACCOUNTS):
        return envelope.failure(envelope.from_exception(error) or envelope.BROKEN)
    refusal = answers.failure(answers.from_exception(error) or answers.BROKEN)
    if isinstance(error, web.HTTPMethodNotAllowed):
        refusal.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
    return refusal


def build(settings: Settings) -> web.Application:
    """The application; raises RuntimeError if it answers anything that no table declares."""
    app = web.Application(middlewares=[observing(_refuse)], client_max_size=BODY_BYTES)
    declared: set[tuple[str, str]] = set()
    for each in _served():
        app.router.add_route(each.method, each.path, each.handler, expect_handler=not_asked)
        declared.add((each.method, each.template))
    for plain in openapi.ROUTES:
        app.router.add_get(plain.path, plain.handler)
        declared.add(("GET", plain.path))
    check_declared(app, declared)
    app[openapi.DOCUMENT] = openapi.document()
    app.cleanup_ctx.append(context(settings))
    return app
