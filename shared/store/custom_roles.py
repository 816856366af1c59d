"""Roles of an account's own in the database. Who writes one has the version of `entitlements.advance`."""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from shared.store import queries
from shared.store.pool import Connection

SQL = queries.load("custom_roles.sql")

NAMING_LIMIT = 11


class Stored(NamedTuple):
    """A role: `document` is its JSON with key and permissions."""

    key: str
    document: bytes
    created_at: datetime
    created_by: str
    modified_at: datetime
    modified_by: str


class Naming(NamedTuple):
    """What names a role."""

    kind: Literal["policy", "team", "grant"]
    id: str


async def every(connection: Connection, account: UUID) -> list[Stored]:
    """All of an account's, oldest first."""
    return [Stored(*row) for row in await connection.fetch(SQL["all"], account)]


async def get(connection: Connection, account: UUID, key: str) -> Stored | None:
    """One, by its key in small letters."""
    row = await connection.fetchrow(SQL["one"], account, key)
    return None if row is None else Stored(*row)


async def count(connection: Connection, account: UUID) -> int:
    """How many there are."""
    found: int = await connection.fetchval(SQL["count"], account)
    return found


async def insert(connection: Connection, account: UUID, key: str, document: bytes, by: str) -> None:
    """A new one; raises UniqueViolation if it is there."""
    await connection.execute(SQL["insert"], account, key, document, by)


async def put(connection: Connection, account: UUID, key: str, document: bytes, by: str) -> None:
    """Replace one that exists."""
    await connection.execute(SQL["put"], account, key, document, by)


async def delete(connection: Connection, account: UUID, key: str) -> None:
    """Delete one that nothing names."""
    await connection.execute(SQL["delete"], account, key)


async def naming(connection: Connection, account: UUID, key: str) -> list[Naming]:
    """What names a role, at most NAMING_LIMIT of them."""
    return [Naming(*row) for row in await connection.fetch(SQL["naming"], account, key, NAMING_LIMIT)]
