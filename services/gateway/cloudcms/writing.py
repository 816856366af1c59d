"""Transactions that write; one that finds nothing to change leaves everything as it was, its version too."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from services.gateway.routing import Call
from shared.store import entitlements
from shared.store.entitlements import Unchanged
from shared.store.pool import Connection, acquire
from shared.wire.cloudcms import roles
from shared.wire.faults import Faulty


@asynccontextmanager
async def writing(call: Call) -> AsyncIterator[Connection]:
    """A connection in a transaction, which Unchanged undoes and ends."""
    with suppress(Unchanged):
        async with acquire(call.resources.pool) as connection, connection.transaction():
            yield connection


async def check_roles(
    connection: Connection, account: UUID, named: Collection[tuple[str, str | None]]
) -> None:
    """Raises Faulty for roles that there are not, of those that a document names, with where."""
    if named and (faults := roles.unknown(named, await entitlements.roles(connection, account))):
        raise Faulty(*faults)
