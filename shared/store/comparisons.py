"""Tests beside their bases: what chunks are compared with, and what came of it."""

from uuid import UUID

from shared.policy.comparison import Balance
from shared.store import queries
from shared.store.policy_tests import Bitmaps
from shared.store.pool import Connection

SQL = queries.load("comparisons.sql")


async def base(
    connection: Connection, account: UUID, base_id: UUID, segments: tuple[int, int]
) -> dict[int, Bitmaps] | None:
    """The verdicts of a complete test, of a range of segments; None for a test that is not there any more."""
    rows = await connection.fetch(SQL["base"], account, base_id, *segments)
    if not rows:
        return None
    return {segment: Bitmaps(*sets) for segment, *sets in rows if segment is not None}


async def whole(connection: Connection, account: UUID, test_id: UUID) -> Balance | None:
    """How all users of a test stand beside its base; None if not every chunk has said so."""
    row = await connection.fetchrow(SQL["whole"], account, test_id)
    return None if row is None else Balance(*row)
