"""Answers of this dialect as OpenAPI describes them: a result in its envelope, and the ways to fail."""

from http import HTTPStatus
from typing import NamedTuple

from msgspec import Struct

from services.gateway import schemas
from services.gateway.routing import Route, Upload
from services.gateway.schemas import Catalogue, Schema
from shared.wire.cloudflare.envelope import PageInfo

FAILURE = {"$ref": "#/components/schemas/Failure"}


class Way(NamedTuple):
    """A way to fail: its name among the components, and what it means."""

    name: str
    meaning: str


FAILURES = {
    400: Way("Refused", "Refused for what it holds, one error for each fault; or no credentials were sent"),
    401: Way("UnknownToken", "The token is unknown, revoked or expired"),
    403: Way("NotAllowed", "The token lacks the scope, or belongs to another e-mail address"),
    404: Way("NotFound", "There is no such thing, or it is another account's"),
    408: Way("TooSlow", "The body did not arrive in time"),
    409: Way("InUse", "It is in use, or there already, or not to be had yet"),
    413: Way("TooLarge", "The body is too large"),
    415: Way("UnknownKind", "The body is of a kind that is not taken here"),
    422: Way("Contradiction", "The Idempotency-Key came with another body before"),
    429: Way("TooMany", "Too many of this account's are under way, wait for one to end"),
    500: Way("Broken", "A fault of the service"),
    503: Way("Unavailable", "The database is not available or the account is being written to, try again"),
}
ALWAYS = frozenset({400, 401, 403, 404, 429, 500, 503})
# What a client is told about trying again, where it is not that this is in vain.
RETRYING = {429: ("Retry-After",), 500: (), 503: ("Retry-After",)}


HEADERS = schemas.HEADERS | {
    "x-should-retry": schemas.header("A next try is in vain", {"const": "false"}),
}


def _envelope(envelope: Schema, **parts: Schema) -> Schema:
    """The envelope with these parts as they are here, and without page where that is not among them."""
    properties = {name: parts.get(name, each) for name, each in envelope["properties"].items()}
    if "result_info" not in parts:
        del properties["result_info"]
    return {"type": "object", "properties": properties, "required": list(properties)}


def page(route: Route) -> type[Struct]:
    """The type of a route's `result_info`."""
    return PageInfo if isinstance(route.paged, bool) else route.paged


def responses(route: Route, known: Catalogue, envelope: Schema) -> dict[str, Schema]:
    """All that a route may answer, by status."""
    ways = {status: FAILURES[status].name for status in _failing(route)}
    return {
        str(route.status): _success(route, known, envelope),
        **{str(status): {"$ref": f"#/components/responses/{name}"} for status, name in ways.items()},
    }


def _success(route: Route, known: Catalogue, envelope: Schema) -> Schema:
    phrase = HTTPStatus(route.status).phrase
    if route.files:
        return schemas.file(phrase, route.files)
    parts = {"result_info": known[page(route)]} if route.paged else {}
    none = {"type": "array", "maxItems": 0}
    success = _envelope(envelope, success={"const": True}, errors=none, result=known[route.result], **parts)
    return schemas.response(phrase, success)


def failure(envelope: Schema) -> Schema:
    """What all failures look like."""
    errors = envelope["properties"]["errors"] | {"minItems": 1}
    schema = _envelope(envelope, success={"const": False}, errors=errors, result={"type": "null"})
    return schema | {"title": "Failure", "description": "Why a request is not answered with a result."}


def failures() -> dict[str, Schema]:
    """The responses of all ways to fail, by name."""
    return {
        way.name: schemas.response(way.meaning, FAILURE, *RETRYING.get(status, ("x-should-retry",)))
        for status, way in FAILURES.items()
    }


def _failing(route: Route) -> list[int]:
    """The statuses that a route may fail with."""
    statuses, writes = set(ALWAYS), route.method != "GET"
    if route.body is not None:
        statuses |= {408, 413}
    if isinstance(route.body, Upload):
        statuses |= {415}
    elif route.keyed:
        statuses |= {422}
    elif writes or route.files:
        statuses |= {409}
    return sorted(statuses)
