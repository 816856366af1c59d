"""OAuth clients: programs that users log in through, each of one account. Secrets are kept as digests."""

import secrets
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

from shared.store import queries
from shared.store.pool import Connection
from shared.wire import tokens

SQL = queries.load("clients.sql")

KEY_LIMIT = 64
"""Characters; no client's key has more."""


class Client(NamedTuple):
    """A client in force; who logs in through it can do nothing that its `scopes` do not allow."""

    key: str
    account: UUID
    name: str
    digest: bytes
    scopes: frozenset[str]


async def create(connection: Connection, account: UUID, name: str, scopes: Sequence[str]) -> tuple[str, str]:
    """A new client's key and secret; the secret is kept nowhere, so this is the one time it can be seen."""
    key, secret = str(uuid4()), secrets.token_urlsafe(32)
    await connection.execute(SQL["create"], account, key, name, tokens.digest(secret.encode()), list(scopes))
    return key, secret


async def find(connection: Connection, key: str) -> Client | None:
    """The client of a key, unless it is revoked or unknown."""
    if len(key) > KEY_LIMIT or "\0" in key:
        return None
    row = await connection.fetchrow(SQL["find"], key)
    return None if row is None else _client(*row)


async def revoke(connection: Connection, account: UUID, key: str) -> Client | None:
    """End a client and its sessions; what it was, None when the account has no such client in force."""
    row = await connection.fetchrow(SQL["revoke"], account, key)
    if row is None:
        return None
    await connection.execute(SQL["end_sessions"], account, key)
    return _client(*row)


def _client(key: str, account: UUID, name: str, digest: bytes, scopes: list[str]) -> Client:
    return Client(key, account, name, digest, frozenset(scopes))
