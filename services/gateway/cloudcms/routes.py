"""The dialect's operations: at the root, where its clients look for them."""

from services.gateway.routing import Route

ROUTES: tuple[Route, ...] = ()
