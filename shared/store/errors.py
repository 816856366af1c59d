"""What can go wrong with the database, told apart by what to do about it."""

import asyncpg

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

UniqueViolation = asyncpg.UniqueViolationError
