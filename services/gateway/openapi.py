"""GET /openapi.json: everything that the gateway answers, described from the tables that make it answer."""

import hashlib
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Struct

from services.gateway import health
from services.gateway.cloudcms import description as cloudcms
from services.gateway.cloudcms import routes as cloudcms_routes
from services.gateway.cloudflare import description as cloudflare
from services.gateway.cloudflare import routes as cloudflare_routes
from services.gateway.health import Plain
from services.gateway.schemas import Catalogue, Description, Schema

INFO = {
    "title": "Gatehouse",
    "version": health.VERSION,
    "summary": "Who gets in, who is locked out, who cannot be decided",
    "description": "Access policies tested against every user of a directory before they ship.",
}
# It changes with the version only: always asked for, rarely sent.
HEADERS = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


class Document(Struct, frozen=True):
    """The description as it is sent, and its entity tag."""

    body: bytes
    tag: str


DOCUMENT = web.AppKey("document", Document)


async def respond(request: web.Request) -> web.Response:
    """Answer GET /openapi.json."""
    made = request.app[DOCUMENT]
    headers = {**HEADERS, "ETag": f'"{made.tag}"'}
    if any(known.value in (made.tag, "*") for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=made.body, content_type="application/json", headers=headers)


ROUTES = (
    *health.ROUTES,
    Plain("/openapi.json", respond, "This description", {200: dict[str, Any], 304: None}),
)


def document() -> Document:
    """The description of this version, in OpenAPI 3.1."""
    known = Catalogue([], [kind for route in ROUTES for kind in route.answers.values() if _is_json(kind)])
    both = joined(
        cloudflare.describe(cloudflare_routes.ROUTES),
        cloudcms.describe(cloudcms_routes.ROUTES, cloudcms_routes.ENTRANCES),
        Description({route.path: _path(route, known) for route in ROUTES}, {"schemas": known.components}),
    )
    described = {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": [{"url": prefix or "/"} for prefix in cloudflare_routes.PREFIXES],
        "paths": both.paths,
        "components": both.components,
    }
    body = msgspec.json.encode(described)
    return Document(body, hashlib.sha256(body).hexdigest()[:32])


def joined(*parts: Description) -> Description:
    """Descriptions as one; raises RuntimeError if two call different things by one name."""
    whole = Description({}, {})
    for part in parts:
        _join(whole.paths, part.paths)
        for kind, components in part.components.items():
            _join(whole.components.setdefault(kind, {}), components)
    return whole


def _join(whole: dict[str, Any], part: dict[str, Any]) -> None:
    for name, described in part.items():
        if whole.setdefault(name, described) != described:
            raise RuntimeError(f"`{name}` is described twice, and not alike")


def _is_json(kind: Any) -> bool:  # noqa: ANN401  # see Plain
    return not isinstance(kind, tuple | None)


def _path(route: Plain, known: Catalogue) -> Schema:
    """A path that has no prefix."""
    operation = {
        "operationId": route.path.strip("/").replace(".", "-"),
        "summary": route.summary,
        "tags": ["service"],
        "security": [],
        "responses": {
            str(status): {"description": HTTPStatus(status).phrase, "content": _content(kind, known)}
            for status, kind in route.answers.items()
        },
    }
    return {"servers": [{"url": "/"}], "get": operation}


def _content(kind: Any, known: Catalogue) -> Schema:  # noqa: ANN401  # see Plain
    if _is_json(kind):
        return {"application/json": {"schema": known[kind]}}
    return {media: {"schema": {"type": "string"}} for media in kind or ()}
