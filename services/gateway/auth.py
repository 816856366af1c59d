"""Who is calling, and what the call may do. Settled before a body is read."""

import time
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from shared.store import sessions
from shared.store.pool import Pool, acquire
from shared.store.sessions import Session
from shared.store.tokens import StoredToken, find_token
from shared.wire import tokens

# How long a revoked token may still pass.
REMEMBER_SECONDS = 5.0
REMEMBERED = 10_000
NO_DIGEST = bytes(32)


class Scope(Enum):
    """What a token can be allowed, by its name; `admin` allows all."""

    POLICIES_READ = "policies:read"
    POLICIES_WRITE = "policies:write"
    TESTS_READ = "policy-tests:read"
    TESTS_WRITE = "policy-tests:write"
    DIRECTORY_READ = "directory:read"
    DIRECTORY_WRITE = "directory:write"
    ENTITLEMENTS_READ = "entitlements:read"
    ENTITLEMENTS_WRITE = "entitlements:write"
    TRANSFER_READ = "transfer:read"
    TRANSFER_WRITE = "transfer:write"
    ADMIN = "admin"


# Whoever may start a test may read it: the vendor's write permission covers the two GETs.
IMPLIED = {
    Scope.POLICIES_READ: Scope.POLICIES_WRITE,
    Scope.TESTS_READ: Scope.TESTS_WRITE,
    Scope.DIRECTORY_READ: Scope.DIRECTORY_WRITE,
    Scope.ENTITLEMENTS_READ: Scope.ENTITLEMENTS_WRITE,
    Scope.TRANSFER_READ: Scope.TRANSFER_WRITE,
}


class Caller(Struct, frozen=True):
    """Whose token it is; `token_id` is its public part, `name` what it is called.

    `email` is the canonical address that the token was made for, None if it was made for none. A token of a
    `session` is called as whoever logged in.
    """

    account: UUID
    token_id: str
    name: str
    scopes: frozenset[str]
    email: str | None = None
    session: Session | None = None

    def may(self, scope: Scope) -> bool:
        """Whether the token allows this."""
        return _allows(self.scopes, scope)


def _allows(scopes: frozenset[str], scope: Scope) -> bool:
    allowing = {scope, IMPLIED.get(scope, scope), Scope.ADMIN}
    return bool(scopes & {each.value for each in allowing})


def within(scopes: frozenset[str], bounds: frozenset[str]) -> frozenset[str]:
    """Scopes that allow what both do."""
    return frozenset(each.value for each in Scope if _allows(scopes, each) and _allows(bounds, each))


class _Known(NamedTuple):
    """What is remembered until a time (monotonic): a token, with its session if it is of one."""

    until: float
    token: StoredToken | None
    session: Session | None = None


class Tokens:
    """Tokens of the database, remembered for a moment."""

    def __init__(self, database: Pool) -> None:
        self._database = database
        self._remembered: dict[str, _Known] = {}

    async def caller(self, token: tokens.Token) -> Caller | None:
        """Whose token this is; None for an unknown, revoked or expired one. Takes as long either way."""
        _, stored, session = await self._known(token.public_id)
        known = tokens.matches(token.secret, NO_DIGEST if stored is None else stored.digest)
        if stored is None or not known or (stored.expires_at and stored.expires_at.timestamp() < time.time()):
            return None
        return Caller(stored.account, token.public_id, stored.name, stored.scopes, stored.email, session)

    def forget(self, session: Session) -> None:
        """Ask the database about all tokens of a session that has ended."""
        of_it = [public_id for public_id, known in self._remembered.items() if known.session == session]
        for public_id in of_it:
            del self._remembered[public_id]

    async def _known(self, public_id: str) -> _Known:
        now = time.monotonic()
        known = self._remembered.get(public_id)
        if known is None or now >= known.until:
            known = await self._found(public_id, now + REMEMBER_SECONDS)
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[public_id] = known
        return known

    async def _found(self, public_id: str, until: float) -> _Known:
        async with acquire(self._database) as connection:
            stored = await find_token(connection, public_id)
            if stored is None or stored.session is None:
                return _Known(until, stored)
            session = await sessions.find(connection, stored.session)
        return _Known(until, stored if session else None, session)
