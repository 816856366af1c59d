"""Jobs that carry things out of an account or into it: claimed under a lease that is renewed, ended once.

The attempt is the fence: whoever holds an older one has been given up, and may not write.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Raw, Struct

from shared.store import queries
from shared.store.audit import Actor
from shared.store.pool import Connection
from shared.wire.transfer import journal, requests
from shared.wire.transfer.journal import Entry, State
from shared.wire.transfer.requests import Request

SQL = queries.load("jobs.sql")

LOG_LIMIT = 100
"""Entries of one job's log, beside those about how it began and ended."""
STALLS = 3
"""Attempts that came to nothing: a job that has taken its worker down so often is the cause, not a victim."""
NOTHING = Raw()


class Job(Struct, frozen=True, kw_only=True):
    """A job as it stands. `done` and `total` count the things that it carries, once they are counted."""

    job_id: UUID
    request: Request
    state: State
    by: Actor
    submitted_at: datetime
    started_at: datetime | None
    stopped_at: datetime | None
    done: int
    total: int | None
    attempt: int
    killed: bool
    log: list[Entry]
    result: Raw
    """JSON of what it came to; nothing, not even null, before it ended and in pages of jobs."""

    @property
    def percent(self) -> int:
        """How far it is; 100 when it is finished and not before."""
        if self.state == "FINISHED":
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


async def insert(connection: Connection, account: UUID, job_id: UUID, request: Request, by: Actor) -> None:
    """Insert a job; to be announced under hint 0 once that is committed."""
    kind = type(request).__struct_config__.tag
    await connection.execute(SQL["insert"], account, job_id, kind, requests.encode(request), *by)


async def serialise(connection: Connection, account: UUID) -> None:
    """Let one job of the account be inserted at a time, until the transaction ends."""
    await connection.execute(SQL["serialise"], account)


async def unfinished(connection: Connection, account: UUID) -> int:
    """How many jobs wait or run."""
    count: int = await connection.fetchval(SQL["unfinished"], account)
    return count


async def get(connection: Connection, account: UUID, job_id: UUID) -> Job | None:
    """One job, with its result."""
    row = await connection.fetchrow(SQL["get"], account, job_id)
    return None if row is None else _job(row)


async def page(
    connection: Connection, account: UUID, states: Sequence[State], window: tuple[int, int]
) -> list[Job]:
    """Jobs in some states, newest first, without their results; `window` is how many to skip, and to read."""
    return [_job(row) for row in await connection.fetch(SQL["page"], account, states, *window)]


async def count(connection: Connection, account: UUID, states: Sequence[State]) -> int:
    """How many jobs are in some states."""
    found: int = await connection.fetchval(SQL["count"], account, states)
    return found


def _job(row: asyncpg.Record) -> Job:
    result: bytes | None = row["result"]
    return Job(
        job_id=row["job_id"],
        request=requests.decode(row["request"]),
        state=row["state"],
        by=Actor(row["token_id"], row["token_name"]),
        submitted_at=row["submitted_at"],
        started_at=row["started_at"],
        stopped_at=row["stopped_at"],
        done=row["done"],
        total=row["total"],
        attempt=row["attempt"],
        killed=row["killed"],
        log=journal.decode(row["log"]),
        result=NOTHING if result is None else Raw(result),
    )


async def kill(connection: Connection, account: UUID, job_id: UUID, by: Actor) -> bool:
    """End a job that has not ended; whoever works on it learns that soon, and writes nothing any more.

    Returns whether it was ended. A job that is just committing is waited for, and has ended by itself.
    """
    message = journal.line(f"killed by `{by.name}`")
    ended = await connection.fetchval(SQL["kill"], account, job_id, message)
    return ended is True


class JobClaim(Struct, frozen=True):
    """A job that is ours for as long as its lease is renewed. `stalled` counts this attempt too."""

    account: UUID
    job_id: UUID
    attempt: int
    stalled: int
    request: bytes
    """As it is kept: what is wrong with it is a fault of the attempt, not of the claim."""
    by: Actor

    @property
    def where(self) -> tuple[UUID, UUID, int]:
        """What tells whether it still is."""
        return self.account, self.job_id, self.attempt


async def claim(connection: Connection, account: UUID, job_id: UUID, lease_seconds: float) -> JobClaim | None:
    """Take a job that waits, or whose lease ran out, to begin it anew; None when there is nothing to take."""
    row = await connection.fetchrow(SQL["claim"], account, job_id, lease_seconds, STALLS)
    if row is None:
        return None
    attempt, stalled, request, *by = row
    return JobClaim(account, job_id, attempt, stalled, request, Actor(*by))


async def renew(
    connection: Connection, claimed: JobClaim, done: int, total: int | None, lease_seconds: float
) -> bool:
    """Keep the lease and write how far the job is; False when it is ours no more."""
    mine = await connection.fetchval(SQL["renew"], *claimed.where, done, total, lease_seconds)
    return mine is True


async def say(connection: Connection, claimed: JobClaim, message: str) -> bool:
    """Add to the log, if there is room; False when the job is ours no more."""
    mine = await connection.fetchval(SQL["say"], *claimed.where, journal.line(message), LOG_LIMIT)
    return mine is True


async def finish(
    connection: Connection, claimed: JobClaim, done: int, total: int | None, result: object
) -> bool:
    """End a job in the transaction of what it came to; False when it is ours no more: undo that."""
    text = msgspec.json.encode(result)
    mine = await connection.fetchval(SQL["finish"], *claimed.where, done, total, text)
    return mine is True


async def fail(connection: Connection, claimed: JobClaim, message: str, result: object | None = None) -> None:
    """End a job that cannot be done, unless it is ours no more."""
    text = None if result is None else msgspec.json.encode(result)
    await connection.execute(SQL["fail"], *claimed.where, journal.line(message), text)


async def give_back(connection: Connection, claimed: JobClaim, message: str, *, charged: bool) -> int | None:
    """Let another begin it anew; `charged` if the attempt is to count as one that came to nothing.

    Returns the number of the hint to announce it under; None if the job is ours no more.
    """
    credit = 0 if charged else 1
    hint: int | None = await connection.fetchval(
        SQL["give_back"], *claimed.where, journal.line(message), credit
    )
    return hint
