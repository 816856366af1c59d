"""Chunks of policy tests: claimed for a while, finished once.

The attempt is the fence: whoever holds an older one has been given up, and may not write.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from shared.policy.comparison import Balance
from shared.store import queries
from shared.store.pool import Connection

SQL = queries.load("chunks.sql")


class Claim(Struct, frozen=True):
    """A chunk that is ours for the length of a lease: its number, the attempt, its segments."""

    account: UUID
    test_id: UUID
    number: int
    attempt: int
    first_segment: int
    last_segment: int


class Result(NamedTuple):
    """The verdicts of one segment: counts, and bitmaps of positions."""

    segment: int
    users_approved: int
    users_blocked: int
    users_errored: int
    approved: bytes
    blocked: bytes
    errored: bytes


class Fenced(Exception):  # noqa: N818  # no error: somebody else has the chunk, or its test has ended
    """What was claimed is not ours any more; nothing was written."""


async def claim(connection: Connection, account: UUID, test_id: UUID, lease_seconds: float) -> Claim | None:
    """Take a test's next chunk that waits, or whose lease ran out; None when there is nothing to take."""
    row = await connection.fetchrow(SQL["claim"], account, test_id, lease_seconds)
    return None if row is None else Claim(account, test_id, *row)


async def finish(
    connection: Connection, claimed: Claim, results: Sequence[Result], balance: Balance | None = None
) -> str:
    """Write a chunk's results and count them, all or nothing; returns the test's state. Raises Fenced.

    `balance` is how its users stand beside the base: a test that is complete has been compared by then.
    """
    where = (claimed.account, claimed.test_id)
    async with connection.transaction():
        if not await connection.fetchval(SQL["fence"], *where, claimed.number, claimed.attempt):
            raise Fenced
        columns = [list(column) for column in zip(*results, strict=True)] or [[] for _ in Result._fields]
        await connection.execute(SQL["insert_results"], *where, *columns)
        state: str | None = await connection.fetchval(SQL["count"], *where, *(sum(c) for c in columns[1:4]))
        if state is None:
            raise Fenced
        if balance is not None:
            await connection.execute(SQL["compare"], *where, *balance)
        return state


async def give_back(connection: Connection, claimed: Claim) -> None:
    """Let another take a chunk at once, uncharged: this process is stopping."""
    await connection.execute(
        SQL["give_back"], claimed.account, claimed.test_id, claimed.number, claimed.attempt
    )
