"""Routes as a table: where, who may, what is taken, what answers. No route can be written without a scope.

The table decodes requests, encodes answers, and describes both to clients: the three cannot disagree.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from aiohttp import web
from msgspec import Struct

from services.gateway.auth import Caller, Scope
from services.gateway.resources import Resources
from shared.store.audit import Actor

WORDS = re.compile(r"\{(\w+):[^}]*\}")


class NoQuery(Struct, frozen=True):
    """The query of a route that has none."""


class Body(Struct, frozen=True):
    """A JSON body: `form` is the type that describes it to clients, `decode` the way from bytes to a value.

    `decode` gets the bytes and the account that is asked, and raises Faulty for whatever is wrong. `large`
    ones, of more than `small` bytes, are decoded in a thread, so that others need not wait. `limit` is a
    number of bytes, if it is not the application's.
    """

    form: Any
    decode: Callable[[bytes, UUID], Any]
    large: bool = False
    small: int = 0
    limit: int | None = None


class Upload(Struct, frozen=True):
    """A body that the handler reads itself, of one of these media types; or the `part` of a form."""

    media: tuple[str, ...]
    part: str | None = None


class Call(Struct, frozen=True):
    """A request whose caller is known and may do what is asked; `query` and `body` as the route has them."""

    request: web.Request
    resources: Resources
    caller: Caller
    query: Any = None
    body: Any = None

    @property
    def account(self) -> UUID:
        """The account that is asked, which is the caller's own."""
        return self.caller.account

    @property
    def actor(self) -> Actor:
        """Whom the audit log names for what this call changes."""
        return Actor(self.caller.token_id, self.caller.name)


class Answer(Struct, frozen=True):
    """What a handler answers: a result of its route's type, and of a page where it lies."""

    result: Any
    page: Any = None


Handler = Callable[[Call], Awaitable[Answer]]


class Route(Struct, frozen=True):
    """One operation; `result` is the type of what it answers with `status`, `paged` if that is a page.

    A page that is not by number has the type of its `result_info` as `paged`. A `keyed` one heeds the header
    `Idempotency-Key`. A placeholder of the path may be limited to some words: `{name:one|other}`. One that
    has `files`, media types, answers with a file of one of these (`downloads.Download`) instead of a result.
    One that `waits` may wait for a job, so that it takes no turn of those that write.
    """

    method: str
    path: str
    scope: Scope
    handler: Handler
    summary: str
    result: Any
    status: int = 200
    query: type[Struct] = NoQuery
    body: Body | Upload | None = None
    paged: bool | type[Struct] = False
    keyed: bool = False
    files: tuple[str, ...] = ()
    waits: bool = False

    @property
    def template(self) -> str:
        """The path without the words that its placeholders are limited to."""
        return WORDS.sub(r"{\1}", self.path)

    @property
    def writes(self) -> bool:
        """Whether it may change something, and so wait for another that does."""
        return self.method != "GET" and not self.scope.value.endswith(":read") and not self.uploads

    @property
    def uploads(self) -> bool:
        """Whether its handler reads a body of its own."""
        return isinstance(self.body, Upload)


class Entrance(Struct, frozen=True):
    """An operation without a caller: clients become callers by it, so that it asks for what it needs itself.

    Its handler answers with a `result`; `form` is the type of what it takes, as a form or in the query.
    """

    method: str
    path: str
    handler: Callable[[web.Request, Resources], Awaitable[Any]]
    summary: str
    form: type[Struct]
    result: Any


def check_declared(app: web.Application, declared: set[tuple[str, str]]) -> None:
    """Raises RuntimeError if the application answers anything that no table declares."""
    for route in app.router.routes():
        where = (route.method, route.resource.canonical if route.resource else "")
        if where not in declared and route.method != "HEAD":
            raise RuntimeError(f"route `{where[0]} {where[1]}` is in no table, so nobody says who may use it")
