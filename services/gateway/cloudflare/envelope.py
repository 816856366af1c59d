"""Answers in this dialect, and what each failure looks like: the one place with its statuses and codes."""

from http import HTTPStatus

import msgspec
from aiohttp import web
from msgspec import UNSET, Struct

from services.gateway.bodies import BODY_BYTES, Unread, too_large
from services.gateway.turns import Crowded
from shared.directory.errors import Refused
from shared.store.errors import LockNotAvailable
from shared.wire.cloudflare.envelope import Envelope, Message, PageInfo, refusal
from shared.wire.faults import Fault, Faulty

RETRY_SECONDS = "1"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
# The official clients try these again; where that is in vain, they are told so.
WORTH_RETRYING = frozenset({429, 500, 503})


class Failure(Struct, frozen=True):
    """An answer without a result: a status, errors, how many seconds to wait before the next try."""

    status: int
    errors: tuple[Message, ...]
    retry_after: str | None = None
    allow: str | None = None


class Failed(Exception):  # noqa: N818  # an answer, raised
    """A request that is not answered with a result."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.errors[0].message)
        self.failure = failure


def _failure(status: int, code: int, message: str, retry_after: str | None = None) -> Failure:
    return Failure(status, (Message(code, message),), retry_after)


UNKNOWN_TOKEN = _failure(401, 1000, "Invalid API Token: it is unknown, revoked or expired")
WRONG_EMAIL = _failure(
    403, 10000, "Authentication error: the key was made for another e-mail address than X-Auth-Email"
)
NO_ROUTE = _failure(404, 7003, "Could not route to this path: no such route, or no such account")
NOT_FOUND = _failure(404, 12135, "access.api.error.not_found")
NOT_ALLOWED = _failure(405, 10405, "Method not allowed on this path")
UNAVAILABLE = _failure(503, 10503, "the database is not available, try again", RETRY_SECONDS)
WRITTEN_TO = _failure(
    503, 10503, "the account is being written to, by an import or another request, try again", RETRY_SECONDS
)
BROKEN = _failure(500, 10001, "access.api.error.internal_server_error")


def no_caller(why: str) -> Failed:
    """Headers that do not say who calls."""
    return Failed(_failure(400, 9106, why))


def unsupported(types: str) -> Failed:
    """A body of the wrong kind."""
    return Failed(_failure(415, 12130, f"access.api.error.invalid_request: send the body as {types}"))


def lacks_scope(scope: str) -> Failed:
    """A token that does not allow this."""
    return Failed(_failure(403, 10000, f"Authentication error: the token lacks the scope `{scope}`"))


def in_use(what: str) -> Failed:
    """A write that something else stands in the way of: what refers to it, or who has the address."""
    return Failed(_failure(409, 12132, f"access.api.error.conflict: {what}"))


def too_many(what: str) -> Failed:
    """A limit that time resolves."""
    return Failed(_failure(429, 10429, what, "5"))


def put_off(what: str) -> Failed:
    """An answer that takes longer than a request may."""
    return Failed(_failure(503, 10503, what, RETRY_SECONDS))


def conflict(what: str) -> Failed:
    """A request that contradicts an earlier one."""
    return Failed(_failure(422, 12132, f"access.api.error.conflict: {what}"))


def invalid(faults: tuple[Fault, ...]) -> Failure:
    """A request refused for its content: one error for each fault."""
    return Failure(400, tuple(map(refusal, faults)))


def _unread(why: Unread) -> Failure:
    if why.status == HTTPStatus.BAD_REQUEST:
        return _failure(why.status, 12130, f"access.api.error.invalid_request: {why}")
    return _failure(why.status, 10000 + why.status, str(why))


def from_exception(error: Exception) -> Failure | None:
    """The failure that an exception of the domain means; None for one that is none of its."""
    match error:
        case Failed():
            found: Failure | None = error.failure
        case Faulty():
            found = invalid(error.faults)
        case Refused():
            found = invalid((Fault(str(error)),))
        case Crowded():
            found = too_many(str(error)).failure
        case LockNotAvailable():
            found = WRITTEN_TO
        case Unread():
            found = _unread(error)
        case web.HTTPRequestEntityTooLarge():
            found = from_exception(too_large(BODY_BYTES))
        case web.HTTPNotFound():
            found = NO_ROUTE
        case web.HTTPMethodNotAllowed():
            found = msgspec.structs.replace(NOT_ALLOWED, allow=", ".join(sorted(error.allowed_methods)))
        case _:
            found = None
    return found


def answer(result: object, page: PageInfo | None = None, status: int = 200) -> web.Response:
    """A result in its envelope."""
    envelope = Envelope(result, result_info=UNSET if page is None else page)
    return _response(status, envelope, {})


def failure(failed: Failure) -> web.Response:
    """A failure in its envelope."""
    headers = {} if failed.retry_after is None else {"Retry-After": failed.retry_after}
    if failed.allow is not None:
        headers["Allow"] = failed.allow
    if failed.status not in WORTH_RETRYING:
        headers["x-should-retry"] = "false"
    return _response(failed.status, Envelope(None, success=False, errors=failed.errors), headers)


def _response(status: int, envelope: Envelope, headers: dict[str, str]) -> web.Response:
    body = msgspec.json.encode(envelope)
    return web.Response(
        status=status, body=body, content_type="application/json", headers={**HEADERS, **headers}
    )
