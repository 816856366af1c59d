"""Who is calling, and what the call may do. Settled before a body is read."""

import time
from enum import Enum
from uuid import UUID

from msgspec import Struct

from shared.store.pool import Pool, acquire
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
    ADMIN = "admin"


# Whoever may start a test may read it: the vendor's write permission covers the two GETs.
IMPLIED = {
    Scope.POLICIES_READ: Scope.POLICIES_WRITE,
    Scope.TESTS_READ: Scope.TESTS_WRITE,
    Scope.DIRECTORY_READ: Scope.DIRECTORY_WRITE,
    Scope.ENTITLEMENTS_READ: Scope.ENTITLEMENTS_WRITE,
}


class Caller(Struct, frozen=True):
    """Whose token it is; `token_id` is its public part, `name` what it is called.

    `email` is the canonical address that the token was made for, None if it was made for none.
    """

    account: UUID
    token_id: str
    name: str
    scopes: frozenset[str]
    email: str | None = None

    def may(self, scope: Scope) -> bool:
        """Whether the token allows this."""
        allowing = {scope, IMPLIED.get(scope, scope), Scope.ADMIN}
        return bool(self.scopes & {each.value for each in allowing})


class Tokens:
    """Tokens of the database, remembered for a moment."""

    def __init__(self, database: Pool) -> None:
        self._database = database
        self._remembered: dict[str, tuple[float, StoredToken | None]] = {}

    async def caller(self, token: tokens.Token) -> Caller | None:
        """Whose token this is; None for an unknown, revoked or expired one. Takes as long either way."""
        stored = await self._stored(token.public_id)
        known = tokens.matches(token.secret, NO_DIGEST if stored is None else stored.digest)
        if stored is None or not known or (stored.expires_at and stored.expires_at.timestamp() < time.time()):
            return None
        return Caller(stored.account, token.public_id, stored.name, stored.scopes, stored.email)

    async def _stored(self, public_id: str) -> StoredToken | None:
        now = time.monotonic()
        until, stored = self._remembered.get(public_id, (0.0, None))
        if now < until:
            return stored
        async with acquire(self._database) as connection:
            stored = await find_token(connection, public_id)
        if len(self._remembered) >= REMEMBERED:
            self._remembered.clear()
        self._remembered[public_id] = (now + REMEMBER_SECONDS, stored)
        return stored
