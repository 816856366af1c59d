"""Policy tests: started, pinned to a version of the directory, counted, ended."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.directory.attributes import Term
from shared.policy.plan import Plan, needs
from shared.policy.screening.tally import Tally
from shared.store import queries, users
from shared.store.pool import Connection
from shared.store.users import Directory
from shared.wire.cloudflare.policy_tests import Run

SQL = queries.load("policy_tests.sql")

# A chunk is what one pick-up evaluates. So few of them that the test's row, which each of them updates once,
# is never a hot one; so many that workers share a large directory.
CHUNK_SEGMENTS = 8
CHUNKS = 64


class Start(Struct, frozen=True):
    """A request to start a test; `body_digest` and `idempotency_key` tell a repeated one."""

    account: UUID
    test_id: UUID
    plan: Plan
    token_id: str
    body_digest: bytes
    idempotency_key: str | None
    deadline_seconds: float


class Earlier(NamedTuple):
    """A test that the same request may have started before."""

    test_id: UUID
    body_digest: bytes


class Hints(NamedTuple):
    """What to announce once the transaction is through: the `plan` job, or some chunks."""

    plan: bool
    chunks: int


def split(segments: int) -> list[tuple[int, int]]:
    """Segments as chunks: the first and the last segment of each."""
    size = max(CHUNK_SEGMENTS, -(-segments // CHUNKS))
    return [(first, min(first + size, segments) - 1) for first in range(0, segments, size)]


async def serialise_starts(connection: Connection, account: UUID) -> None:
    """Let one start of the account through at a time, until the transaction ends."""
    await connection.execute(SQL["serialise_starts"], account)


async def same_key(connection: Connection, account: UUID, token_id: str, key: str) -> Earlier | None:
    """The test that this token started with this key."""
    row = await connection.fetchrow(SQL["same_key"], account, token_id, key)
    return None if row is None else Earlier(*row)


async def same_body(
    connection: Connection, account: UUID, token_id: str, digest: bytes, seconds: float
) -> UUID | None:
    """The first test that this token started with this body within some seconds."""
    found: UUID | None = await connection.fetchval(SQL["same_body"], account, token_id, digest, seconds)
    return found


async def running(connection: Connection, account: UUID) -> int:
    """How many tests of an account have not ended."""
    count: int = await connection.fetchval(SQL["running"], account)
    return count


async def start(connection: Connection, asked: Start) -> Hints:
    """Insert a test; pin it at once if the postings are up to date."""
    directory = await users.pin(connection, asked.account)
    await connection.execute(
        SQL["insert"],
        *(asked.account, asked.test_id, msgspec.json.encode(asked.plan)),
        *(asked.token_id, asked.body_digest, asked.idempotency_key),
        *(asked.deadline_seconds, directory.users, directory.segment_bits),
    )
    if directory.folded < directory.version:
        return Hints(plan=True, chunks=0)
    return Hints(
        plan=False, chunks=await pin(connection, asked.account, asked.test_id, asked.plan, directory)
    )


async def pin(connection: Connection, account: UUID, test_id: UUID, plan: Plan, directory: Directory) -> int:
    """Pin a queued test to a version and cut it into chunks; returns how many, 0 if it is queued no more."""
    wanted = sorted(needs(plan).addresses)
    found = await users.ordinals(connection, account, directory.version, wanted) if wanted else {}
    chunks = split(directory.segments) if directory.users else []
    pinned = await connection.fetchval(
        SQL["pin"],
        *(account, test_id, directory.version, directory.users),
        *(msgspec.msgpack.encode(found), len(chunks)),
    )
    if pinned is None:
        return 0
    firsts, lasts = [first for first, _ in chunks], [last for _, last in chunks]
    await connection.execute(SQL["insert_chunks"], account, test_id, firsts, lasts)
    return len(chunks)


async def claim_plan(
    connection: Connection, account: UUID, test_id: UUID, lease_seconds: float, attempts: int
) -> Plan | None:
    """Take a queued test's plan job; None if there is nothing to do, or another has it."""
    text = await connection.fetchval(SQL["claim_plan"], account, test_id, lease_seconds, attempts)
    return None if text is None else msgspec.json.decode(text, type=Plan)


class Pinned(Struct, frozen=True):
    """What evaluating a test's chunks needs: all of it stays as it is until the test is gone.

    `terms` are the postings that the plan reads, `ordinals` those of the addresses that it names.
    """

    plan: Plan
    terms: frozenset[Term]
    ordinals: dict[str, int]
    version: int
    segment_bits: int


async def pinned(connection: Connection, account: UUID, test_id: UUID) -> Pinned:
    """A pinned test's plan with what it was pinned to."""
    (row,) = await connection.fetch(SQL["pinned"], account, test_id)
    plan = msgspec.json.decode(row["plan"], type=Plan)
    ordinals = msgspec.msgpack.decode(row["addresses"], type=dict[str, int])
    return Pinned(plan, needs(plan).terms, ordinals, row["version"], row["segment_bits"])


async def run(connection: Connection, account: UUID, test_id: UUID) -> Run | None:
    """A test's state and counters, from one row at one time."""
    row = await connection.fetchrow(SQL["run"], account, test_id)
    if row is None:
        return None
    tally = Tally(row["users_approved"], row["users_blocked"], row["users_errored"])
    return Run(
        *(row["test_id"], row["state"], row["total_users"], tally),
        *(row["created_at"], row["started_at"], row["finished_at"], row["failure"]),
    )


class Counted(NamedTuple):
    """How many users of a segment got which verdict."""

    segment: int
    approved: int
    blocked: int
    errored: int


async def counted(connection: Connection, account: UUID, test_id: UUID) -> list[Counted]:
    """The evaluated segments of a test, in order."""
    return [Counted(*row) for row in await connection.fetch(SQL["counted"], account, test_id)]


class Bitmaps(NamedTuple):
    """The verdicts of one segment, as bitmaps of positions."""

    approved: bytes
    blocked: bytes
    errored: bytes


async def bitmaps(
    connection: Connection, account: UUID, test_id: UUID, segments: Sequence[int]
) -> dict[int, Bitmaps]:
    """The verdicts of some evaluated segments."""
    rows = await connection.fetch(SQL["bitmaps"], account, test_id, segments)
    return {row["segment"]: Bitmaps(row["approved"], row["blocked"], row["errored"]) for row in rows}


class Snapshot(NamedTuple):
    """What a test is about: a directory `version` (None while queued) in segments of 2 ** bits users."""

    version: int | None
    segment_bits: int


async def snapshot(connection: Connection, account: UUID, test_id: UUID) -> Snapshot | None:
    """What a test is about; None for a test that the account does not have."""
    row = await connection.fetchrow(SQL["snapshot"], account, test_id)
    return None if row is None else Snapshot(*row)
