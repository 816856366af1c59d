"""Answers of this dialect, and what each failure looks like: the one place with their shapes and statuses.

Clients know a failure by `error` and read `message`; nothing else has a field `error`, and no document `ok`.
"""

from typing import Any, Generic, TypeVar

import msgspec
from aiohttp import web
from msgspec import Struct

from services.gateway.bodies import BODY_BYTES, Unread, too_large
from services.gateway.passwords import Throttled
from services.gateway.turns import Crowded
from shared.directory.errors import Refused
from shared.store.errors import LockNotAvailable
from shared.vault.errors import Unreachable
from shared.wire.faults import Fault, Faulty

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
RETRY_SECONDS = 1
INVALID_CLIENT = "invalid_client"

Row = TypeVar("Row")


class Status(Struct, frozen=True):
    """It is done."""

    ok: bool = True


class Created(Struct, frozen=True):
    """It is there now, by this id; clients read it next."""

    id: str = msgspec.field(name="_doc")
    ok: bool = True


class Check(Struct, frozen=True):
    """Yes or no."""

    check: bool
    ok: bool = True


class ResultMap(Struct, Generic[Row], frozen=True):
    """A part of what is found: `total_rows` counts all of it, `offset` says where the part begins."""

    total_rows: int
    offset: int
    size: int
    rows: list[Row]


def result_map(rows: list[Any], total: int | None = None, offset: int = 0) -> ResultMap[Any]:
    """Rows as a part of `total`; as all there is, if that is None."""
    return ResultMap(len(rows) if total is None else total, offset, len(rows), rows)


class Failure(Struct, frozen=True, omit_defaults=True):
    """Why a request is not answered. `error` is a word of OAuth where a token is at fault, else `true`.

    `faults` are all that is wrong with a body, each with where. `retry_after` is a number of seconds.
    """

    message: str
    status: int
    # By factories, for what equals a default is left out.
    error: bool | str = msgspec.field(default_factory=lambda: True)
    ok: bool = msgspec.field(default_factory=lambda: False)
    error_description: str | None = None
    faults: tuple[Fault, ...] = ()
    retry_after: int | None = None


class Failed(Exception):  # noqa: N818  # an answer, raised
    """A request that is not answered with a result."""

    def __init__(self, status: int, message: str, error: str | None = None) -> None:
        super().__init__(message)
        self.failure = Failure(message, status)
        if error is not None:
            self.failure = Failure(message, status, error, error_description=message)


def not_found(what: str) -> Failed:
    """What is not there; another account's is as absent."""
    return Failed(404, f"{what} does not exist")


def conflict(what: str, pointer: str | None = None) -> Failed:
    """A write that something else stands in the way of, and where in the body that is."""
    if pointer is None:
        return Failed(409, what)
    fault = Fault(what, pointer)
    failed = Failed(409, _said(fault))
    failed.failure = msgspec.structs.replace(failed.failure, faults=(fault,))
    return failed


def refused(message: str, pointer: str | None = None) -> Faulty:
    """A request refused for its content."""
    return Faulty(Fault(message, pointer))


def lacks_scope(scope: str) -> Failed:
    """A token that does not allow this."""
    return Failed(403, f"the token lacks the scope `{scope}`")


AWAY = Failure("the place where archives are kept is not available, try again", 503)
UNAVAILABLE = Failure("the database is not available, try again", 503)
BROKEN = Failure("a fault of the service", 500)


def from_exception(error: Exception) -> Failure | None:  # noqa: C901, PLR0911  # a case for each
    """The failure that an exception of the domain means; None for one that is none of its."""
    match error:
        case Failed():
            return error.failure
        case Faulty():
            return Failure("; ".join(map(_said, error.faults)), 400, faults=error.faults)
        case Refused():
            return Failure(str(error), 400)
        case Throttled():
            return Failure(str(error), 429, retry_after=error.seconds)
        case Crowded():
            return Failure(str(error), 429)
        case LockNotAvailable():
            return Failure("the account is being written to, by an import or another request, try again", 503)
        case Unreachable():
            return AWAY
        case Unread():
            return Failure(str(error), error.status)
        case web.HTTPRequestEntityTooLarge():
            return Failure(str(too_large(BODY_BYTES)), 413)
        case web.HTTPNotFound():
            return Failure("there is no such route", 404)
        case web.HTTPMethodNotAllowed():
            return Failure(f"only {', '.join(sorted(error.allowed_methods))} on this path", 405)
    return None


def _said(fault: Fault) -> str:
    return f"{fault.message} (at `{fault.pointer}`)" if fault.pointer else fault.message


def answer(result: object, status: int = 200) -> web.Response:
    """A result, as it is."""
    return _response(status, result, {})


def failure(failed: Failure) -> web.Response:
    """A failure."""
    headers = {}
    if failed.status in (429, 503):
        headers["Retry-After"] = str(failed.retry_after or RETRY_SECONDS)
    if failed.status == 401:  # noqa: PLR2004  # as RFC 6749 and RFC 6750 have it
        basic = failed.error == INVALID_CLIENT
        headers["WWW-Authenticate"] = 'Basic realm="clients"' if basic else 'Bearer error="invalid_token"'
    return _response(failed.status, failed, headers)


def _response(status: int, body: object, headers: dict[str, str]) -> web.Response:
    text = msgspec.json.encode(body)
    return web.Response(
        status=status, body=text, content_type="application/json", headers={**HEADERS, **headers}
    )
