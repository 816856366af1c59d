"""Answers of this dialect as OpenAPI describes them: the result as it is, and the ways to fail."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import NamedTuple

from services.gateway import schemas
from services.gateway.routing import Route
from services.gateway.schemas import Catalogue, Schema, header

FAILURE = "EntitlementFailure"


class Way(NamedTuple):
    """A way to fail: its name among the components, and what it means."""

    name: str
    meaning: str


FAILURES = {
    400: Way("EntitlementRefused", "Refused for what it holds, one of `faults` for each fault"),
    401: Way("EntitlementUnknownToken", "No token was sent, or it is unknown, revoked or expired"),
    403: Way("EntitlementNotAllowed", "The token lacks the scope"),
    404: Way("EntitlementNotFound", "There is no such thing, or it is another account's"),
    408: Way("EntitlementTooSlow", "The body did not arrive in time"),
    409: Way("EntitlementInUse", "It is in use, or there already, or stays as it is"),
    413: Way("EntitlementTooLarge", "The body is too large"),
    429: Way("EntitlementTooMany", "Too many requests of this account at once, wait for one to end"),
    500: Way("EntitlementBroken", "A fault of the service"),
    503: Way(
        "EntitlementUnavailable", "The database is not available, or the account being written to: try again"
    ),
}
ALWAYS = frozenset({400, 401, 403, 404, 429, 500, 503})
ENTRANCE = frozenset({400, 401, 408, 413, 429, 500, 503})
BESIDE = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
HEADERS = schemas.HEADERS | {
    "WWW-Authenticate": header("As RFC 6750 has it", {"type": "string"}),
}


def responses(route: Route, known: Catalogue) -> dict[str, Schema]:
    """All that a route may answer, by status."""
    phrase = HTTPStatus(route.status).phrase
    if route.files:
        success = schemas.file(phrase, route.files)
    else:
        success = schemas.response(phrase, known[route.result])
    return {str(route.status): success} | _ways(_failing(route))


def of_entrance(result: Schema) -> dict[str, Schema]:
    """All that an operation without a caller may answer, by status."""
    return {"200": schemas.response(HTTPStatus.OK.phrase, result)} | _ways(ENTRANCE)


def _ways(statuses: Iterable[int]) -> dict[str, Schema]:
    names = {status: FAILURES[status].name for status in sorted(statuses)}
    return {str(status): {"$ref": f"#/components/responses/{name}"} for status, name in names.items()}


def failure(written: Schema) -> Schema:
    """What all failures look like: drivers know one by `error`."""
    error = {"anyOf": [{"const": True}, {"type": "string"}]}
    changed = {"error": error, "ok": {"const": False}}
    properties = written["properties"] | changed
    return written | {"title": FAILURE, "properties": properties, "required": ["message", "status", *changed]}


def failures() -> dict[str, Schema]:
    """The responses of all ways to fail, by name."""
    reference = {"$ref": schemas.PLACE + FAILURE}
    return {
        way.name: schemas.response(way.meaning, reference, *BESIDE.get(status, ()))
        for status, way in FAILURES.items()
    }


def _failing(route: Route) -> set[int]:
    """The statuses that a route may fail with."""
    statuses = set(ALWAYS)
    if route.body is not None:
        statuses |= {408, 413}
    if route.writes or route.uploads:
        statuses |= {409}
    return statuses
