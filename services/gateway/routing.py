"""Routes as a table: where, who may, what answers. A route cannot be written down without a scope."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from aiohttp import web
from msgspec import Struct

from services.gateway.auth import Caller, Scope
from services.gateway.resources import Resources


class Call(Struct, frozen=True):
    """A request whose caller is known and may do what is asked."""

    request: web.Request
    resources: Resources
    caller: Caller

    @property
    def account(self) -> UUID:
        """The account that is asked, which is the caller's own."""
        return self.caller.account


Handler = Callable[[Call], Awaitable[web.StreamResponse]]


class Route(Struct, frozen=True):
    """One operation."""

    method: str
    path: str
    scope: Scope
    handler: Handler


def check_declared(app: web.Application, declared: set[tuple[str, str]]) -> None:
    """Raises RuntimeError if the application answers anything that no table declares."""
    for route in app.router.routes():
        where = (route.method, route.resource.canonical if route.resource else "")
        if where not in declared and route.method != "HEAD":
            raise RuntimeError(f"route `{where[0]} {where[1]}` is in no table, so nobody says who may use it")
