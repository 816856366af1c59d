"""Transactions that write; one that finds nothing to change leaves everything as it was, its version too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from services.gateway.routing import Call
from shared.store.entitlements import Unchanged
from shared.store.pool import Connection, acquire


@asynccontextmanager
async def writing(call: Call) -> AsyncIterator[Connection]:
    """A connection in a transaction, which Unchanged undoes and ends."""
    with suppress(Unchanged):
        async with acquire(call.resources.pool) as connection, connection.transaction():
            yield connection
