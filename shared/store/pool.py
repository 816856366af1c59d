"""Connections to PostgreSQL, bounded in every wait: a silent partition must not hang a caller."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

ACQUIRE_SECONDS = 2.0
CONNECT_SECONDS = 2.0
COMMAND_SECONDS = 30.0
CLOSE_SECONDS = 10.0

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
Pool = asyncpg.Pool


def _server_settings(name: str) -> dict[str, str]:
    return {
        "application_name": name,
        "jit": "off",
        "max_parallel_workers_per_gather": "0",  # look-ups by index end before helpers have begun
        "lock_timeout": "10s",
        "statement_timeout": "30s",
        "idle_in_transaction_session_timeout": "60s",
    }


async def _prepare(connection: asyncpg.Connection) -> None:
    # JSON is ours to encode and decode, with msgspec, where it is read.
    await connection.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=bytes, decoder=bytes
    )


async def _keep(connection: asyncpg.Connection) -> None:
    """No reset on release: no caller leaves session state behind, and it costs a round trip each time."""


async def connect(
    dsn: str, name: str = "gatehouse", command_seconds: float | None = COMMAND_SECONDS
) -> asyncpg.Connection:
    """One connection of its own; raises OSError or asyncpg's errors when there is none to be had."""
    connection = await asyncpg.connect(
        dsn, timeout=CONNECT_SECONDS, command_timeout=command_seconds, server_settings=_server_settings(name)
    )
    await _prepare(connection)
    return connection


async def open_pool(dsn: str, size: int, name: str, command_seconds: float = COMMAND_SECONDS) -> Pool:
    """A pool that connects when first used, so that a process can start before its database.

    No statement takes longer than `command_seconds`: on a network that went silent nothing else ends it.
    """
    pool: Pool = await asyncpg.create_pool(
        dsn,
        min_size=0,
        max_size=size,
        timeout=CONNECT_SECONDS,
        command_timeout=command_seconds,
        server_settings=_server_settings(name),
        init=_prepare,
        reset=_keep,
    )
    return pool


@asynccontextmanager
async def acquire(pool: Pool) -> AsyncIterator[Connection]:
    """A connection, or TimeoutError after ACQUIRE_SECONDS."""
    async with pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
        yield connection


def one_moment(connection: Connection) -> asyncpg.transaction.Transaction:
    """A transaction that only reads, all of it as of one moment; to be entered with `async with`."""
    return connection.transaction(isolation="repeatable_read", readonly=True)


async def close(pool: Pool) -> None:
    """Close what is idle, then cut what is left."""
    try:
        await asyncio.wait_for(pool.close(), CLOSE_SECONDS)
    except TimeoutError:
        pool.terminate()
