"""What nobody asked for by name: work whose hint or worker was lost, what is overdue, what nobody needs."""

from typing import NamedTuple
from uuid import UUID

from shared.store import queries
from shared.store.jobs import STALLS
from shared.store.pool import Connection

SQL = queries.load("sweeps.sql")

# A chunk that has taken its worker down this often is the cause, not a victim; what may share a process with
# such a chunk gets more.
CHUNK_ATTEMPTS = 3
PLAN_ATTEMPTS = 6
IMPORT_ATTEMPTS = 6
# Rows that are collected at a time (some 100 ms): a test that starts meanwhile waits for so many.
COLLECT_ROWS = 2_000


class Lost(NamedTuple):
    """Work to announce again: of which account, which test (or so), a chunk's number, the hint's number."""

    account: UUID
    subject: UUID
    number: int
    hint: int


async def try_lock(connection: Connection) -> bool:
    """Whether this process may sweep, until the transaction ends; one of all does at a time."""
    mine: bool = await connection.fetchval(SQL["try_lock"])
    return mine


async def lost_chunks(connection: Connection, rehint_seconds: float) -> list[Lost]:
    """Chunks to announce again; those that crashed workers too often are parked, and end their tests."""
    await connection.execute(SQL["park"], CHUNK_ATTEMPTS)
    await connection.execute(SQL["release"])
    return [Lost(*row) for row in await connection.fetch(SQL["lost_chunks"], rehint_seconds)]


async def lost_plans(connection: Connection, rehint_seconds: float) -> list[Lost]:
    """Tests that wait to be planned; those that cannot be are ended."""
    await connection.execute(SQL["fail_plans"], PLAN_ATTEMPTS)
    return [Lost(*row) for row in await connection.fetch(SQL["lost_plans"], rehint_seconds)]


async def lost_imports(connection: Connection, rehint_seconds: float) -> list[Lost]:
    """Imports to announce again; those that cannot get on are ended."""
    await connection.execute(SQL["fail_imports"], IMPORT_ATTEMPTS)
    return [Lost(*row) for row in await connection.fetch(SQL["lost_imports"], rehint_seconds)]


async def lost_jobs(connection: Connection, rehint_seconds: float) -> list[Lost]:
    """Jobs to announce again; those that crashed workers too often are ended."""
    await connection.execute(SQL["fail_jobs"], STALLS)
    return [Lost(*row) for row in await connection.fetch(SQL["lost_jobs"], rehint_seconds, STALLS)]


async def expire(connection: Connection) -> int:
    """End the tests whose deadline has passed; what they have done stands. Returns how many."""
    return len(await connection.fetch(SQL["expire"]))


async def forget(connection: Connection, retention_days: int) -> int:
    """Delete tests, imports and jobs that ended long ago. Returns how many."""
    names = ("forget_tests", "forget_imports", "forget_jobs")
    return sum([len(await connection.fetch(SQL[name], retention_days)) for name in names])


async def forget_sessions(connection: Connection) -> int:
    """Delete sessions that expired with their tokens, and tokens that expired before their sessions.

    Returns how many.
    """
    return sum([len(await connection.fetch(SQL[name])) for name in ("forget_sessions", "forget_tokens")])


async def collectable(connection: Connection) -> list[UUID]:
    """Accounts with rows that no version needs, perhaps."""
    return [row["account_id"] for row in await connection.fetch(SQL["collectable"])]


async def collect(connection: Connection, account: UUID) -> int:
    """Delete rows of one account that neither a kept test nor the present needs; returns how many.

    Holds the account's row in the one mode that pinning waits for, so that no test can pin what goes.
    """
    version: int | None = await connection.fetchval(SQL["hold"], account)
    if version is None:
        return 0
    oldest: int = await connection.fetchval(SQL["oldest_needed"], account, version)
    deleted = 0
    for table in ("collect_users", "collect_postings"):
        deleted += len(await connection.fetch(SQL[table], account, oldest, COLLECT_ROWS))
    if deleted < COLLECT_ROWS:
        await connection.execute(SQL["collected"], account, oldest)
    return deleted


async def long_logs(connection: Connection, rows: int) -> list[UUID]:
    """Accounts whose change log has grown beyond some rows."""
    return [row["account_id"] for row in await connection.fetch(SQL["long_logs"], rows)]
