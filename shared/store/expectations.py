"""What policy tests are expected to come to, and what they are compared with. Written once, with the test."""

from typing import NamedTuple
from uuid import UUID

from shared.store import queries
from shared.store.pool import Connection

SQL = queries.load("expectations.sql")
# Lists that selectors name make it as long as a plan.
INSERT_SECONDS = 10.0


class Expected(NamedTuple):
    """A test's base, and its expectations as they are stored; None for what it has not."""

    base_id: UUID | None = None
    expectations: bytes | None = None


async def insert(connection: Connection, account: UUID, test_id: UUID, expected: Expected) -> None:
    """Keep what a test is started with; in the transaction that starts it."""
    await connection.execute(SQL["insert"], account, test_id, *expected, timeout=INSERT_SECONDS)


async def get(connection: Connection, account: UUID, test_id: UUID) -> Expected:
    """What a test was started with: nothing, where that is not known of any."""
    row = await connection.fetchrow(SQL["get"], account, test_id)
    return Expected() if row is None else Expected(*row)


class Given(NamedTuple):
    """A test's base, and whether it has expectations."""

    base_id: UUID | None = None
    any: bool = False


async def given(connection: Connection, account: UUID, test_id: UUID) -> Given:
    """Whether a test was started with anything, without reading what."""
    row = await connection.fetchrow(SQL["given"], account, test_id)
    return Given() if row is None else Given(*row)
