"""API tokens: kept as digests, found by their public part."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from shared.store import queries
from shared.store.pool import Connection
from shared.wire import tokens
from shared.wire.tokens import Grant

SQL = queries.load("tokens.sql")


class StoredToken(NamedTuple):
    """A token in force: whose it is, what it is called, the `digest` of its secret, what it may do.

    `email` is the canonical address that it stands for, if any; `session` the session that it ends with.
    """

    account: UUID
    name: str
    digest: bytes
    scopes: frozenset[str]
    expires_at: datetime | None
    email: str | None
    session: str | None


async def create_token(
    connection: Connection,
    account: UUID,
    scopes: Sequence[str],
    name: str,
    days: int | None,
    email: str | None = None,
) -> str:
    """A new token's whole text; it is kept nowhere, so this is the one time it can be seen.

    `email` is canonical.
    """
    token = tokens.new()
    expires = None if days is None else datetime.now(UTC) + timedelta(days=days)
    row = (token.public_id, account, name, tokens.digest(token.secret), list(scopes), expires, email)
    await connection.execute(SQL["create"], *row)
    return tokens.text(token)


async def revoke_token(connection: Connection, account: UUID, public_id: str) -> bool:
    """End a token; False when the account has no such token in force."""
    return await connection.fetchval(SQL["revoke"], account, public_id) is not None


async def find_token(connection: Connection, public_id: str) -> StoredToken | None:
    """The token of a public part, unless it is revoked, expired or unknown."""
    row = await connection.fetchrow(SQL["find"], public_id)
    if row is None:
        return None
    account, name, digest, scopes, *others = row
    return StoredToken(account, name, digest, frozenset(scopes), *others)


async def describe(connection: Connection, account: UUID, public_id: str) -> Grant | None:
    """What a token of the account is, in force or not."""
    row = await connection.fetchrow(SQL["describe"], account, public_id)
    return None if row is None else Grant(*row)
