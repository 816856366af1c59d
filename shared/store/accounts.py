"""Accounts: whose users, tests and tokens they are."""

from uuid import UUID, uuid4

from shared.store import queries
from shared.store.pool import Connection

SQL = queries.load("accounts.sql")


async def create_account(connection: Connection, name: str, segment_bits: int = 16) -> UUID:
    """A new account whose segments hold 2 ** segment_bits users (4 to 16)."""
    account = uuid4()
    await connection.execute(SQL["create"], account, name, segment_bits)
    return account


async def exists(connection: Connection, account: UUID) -> bool:
    """Whether there is such an account."""
    return await connection.fetchval(SQL["exists"], account) is True


async def name(connection: Connection, account: UUID) -> str:
    """What an account is called; empty if there is none."""
    called: str | None = await connection.fetchval(SQL["name"], account)
    return called or ""
