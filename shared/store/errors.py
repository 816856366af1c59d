"""What can go wrong with the database, told apart by what to do about it."""

import asyncpg

from shared.store import queries
from shared.store.pool import Connection

SQL = queries.load("errors.sql")

# What asyncpg raises when the server restarts, drops the connection or is not there yet. The library
# lets the first four through from different layers, so each must be named.
UNAVAILABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InsufficientResourcesError,
    asyncpg.QueryCanceledError,
    # Refused for who we are: somebody has to change a setting, here or there, and then it passes.
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)

# What ends by itself: the same transaction, tried again, may pass.
TRANSIENT = (
    *UNAVAILABLE,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.InvalidCachedStatementError,
)

# One of those above that does not end by itself.
NoSpace = asyncpg.DiskFullError
UniqueViolation = asyncpg.UniqueViolationError
# Somebody else has the lock, and the server is well.
LockNotAvailable = asyncpg.LockNotAvailableError


async def bound_waits(connection: Connection, seconds: float) -> None:
    """Let a transaction wait for locks so long, then raise LockNotAvailable.

    That has to be before the connection's statements time out: a TimeoutError could also be a silent network.
    """
    await connection.execute(SQL["bound_waits"], f"{round(seconds * 1000)}ms")
