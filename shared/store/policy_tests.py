"""Policy tests: started, pinned to a version of the directory, counted, ended."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from shared.policy import plans
from shared.policy.plans import AnyPlan, Named, Ready
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
# A worker finds more users than so many: it takes some 10 µs for each, and a request may not take long.
FEW_NAMED = 2_000
# The longest plan has some 20 MB: more than a request's other statements may take, on a busy day.
INSERT_SECONDS = 10.0
# So few that no statement takes long.
NAMED_AT_ONCE = 10_000


class Start(Struct, frozen=True):
    """A request to start a test; `body_digest` and `idempotency_key` tell a repeated one.

    `source` is the JSON of what the plan was made of, for whoever asks later.
    """

    account: UUID
    test_id: UUID
    plan: AnyPlan
    token_id: str
    body_digest: bytes
    idempotency_key: str | None
    deadline_seconds: float
    source: bytes | None = None


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
    """Insert a test; pin it at once if the postings are up to date, and few users are to be found."""
    plan, named = await asyncio.to_thread(_written, asked.plan)
    directory = await users.pin(connection, asked.account)
    await connection.execute(
        SQL["insert"],
        *(asked.account, asked.test_id, plan, asked.source),
        *(asked.token_id, asked.body_digest, asked.idempotency_key),
        *(asked.deadline_seconds, directory.users, directory.segment_bits),
        timeout=INSERT_SECONDS,
    )
    if directory.folded < directory.version or len(named.keys) > FEW_NAMED:
        return Hints(plan=True, chunks=0)
    found = await located(connection, asked.account, directory.version, named)
    return Hints(plan=False, chunks=await pin(connection, asked.account, asked.test_id, found, directory))


def _written(plan: AnyPlan) -> tuple[bytes, Named]:
    return plans.encode(plan), plans.named(plan)


async def located(connection: Connection, account: UUID, version: int, named: Named) -> dict[str, int]:
    """The ordinals of those who were there at a version, by what they are named by."""
    look_up = users.ordinals if named.by == "address" else users.ordinals_by_id
    found: dict[str, int] = {}
    for first in range(0, len(named.keys), NAMED_AT_ONCE):
        some = named.keys[first : first + NAMED_AT_ONCE]
        found |= await look_up(connection, account, version, some)
    return found


async def pin(
    connection: Connection, account: UUID, test_id: UUID, found: dict[str, int], directory: Directory
) -> int:
    """Pin a queued test to a version and cut it into chunks; returns how many, 0 if it is queued no more.

    `found` are the ordinals at that version of the users whom its plan names.
    """
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


class Planning(NamedTuple):
    """A plan job that is ours for the length of a lease: which attempt it is, the users to find."""

    attempt: int
    named: Named


async def claim_plan(
    connection: Connection, account: UUID, test_id: UUID, lease_seconds: float, attempts: int
) -> Planning | None:
    """Take a queued test's plan job; None for nothing to do, or if another has it."""
    row = await connection.fetchrow(SQL["claim_plan"], account, test_id, lease_seconds, attempts)
    return None if row is None else Planning(row["attempt"], await asyncio.to_thread(_named, row["plan"]))


async def give_back_plan(connection: Connection, account: UUID, test_id: UUID, attempt: int) -> None:
    """Let another take a plan job at once, uncharged."""
    await connection.execute(SQL["give_back_plan"], account, test_id, attempt)


def _named(text: bytes) -> Named:
    return plans.named(plans.decode(text))


class Pinned(Struct, frozen=True):
    """What evaluating a test's chunks needs: all of it stays as it is until the test is gone.

    `positions` are those of the users whom the plan names, by segment; `size` is how many bytes all of it
    took in the database. `base_id` is the test that it is compared with, if it has one.
    """

    plan: Ready
    positions: dict[int, dict[str, int]]
    version: int
    segment_bits: int
    size: int
    base_id: UUID | None = None


async def pinned(connection: Connection, account: UUID, test_id: UUID) -> Pinned | None:
    """A pinned test, ready to be evaluated; None if it was removed, or is queued yet."""
    row = await connection.fetchrow(SQL["pinned"], account, test_id)
    return None if row is None else await asyncio.to_thread(_made_ready, *row)


def _made_ready(plan: bytes, ordinals: bytes, version: int, bits: int, base_id: UUID | None) -> Pinned:
    found = _positions(msgspec.msgpack.decode(ordinals, type=dict[str, int]), bits)
    return Pinned(plans.ready(plans.decode(plan)), found, version, bits, len(plan) + len(ordinals), base_id)


def _positions(ordinals: Mapping[str, int], bits: int) -> dict[int, dict[str, int]]:
    mask, found = (1 << bits) - 1, defaultdict[int, dict[str, int]](dict)
    for key, ordinal in ordinals.items():
        found[ordinal >> bits][key] = ordinal & mask
    return dict(found)


def at(pinned: Pinned, version: int, found: Mapping[str, int]) -> Pinned:
    """A test as if it were pinned to another version; `found` are the ordinals of the named at that."""
    positions = _positions(found, pinned.segment_bits)
    return msgspec.structs.replace(pinned, version=version, positions=positions)


async def run(connection: Connection, account: UUID, test_id: UUID) -> Run | None:
    """A test's state and counters, from one row at one time."""
    row = await connection.fetchrow(SQL["run"], account, test_id)
    return None if row is None else _run(row)


def _run(row: asyncpg.Record) -> Run:
    test_id, state, total, approved, blocked, errored, *times = row
    return Run(test_id, state, total, Tally(approved, blocked, errored), *times)


async def page(
    connection: Connection, account: UUID, state: str | None, window: tuple[int, int]
) -> list[Run]:
    """Tests in a state, or in any, the newest first: after the first `window[0]`, at most `window[1]`."""
    return [_run(row) for row in await connection.fetch(SQL["page"], account, state, *window)]


async def number(connection: Connection, account: UUID, state: str | None) -> int:
    """How many tests are in a state, or in any."""
    found: int = await connection.fetchval(SQL["number"], account, state)
    return found


async def source(connection: Connection, account: UUID, test_id: UUID) -> bytes | None:
    """What a test was started with; None for no such test, or one started before that was kept."""
    found: bytes | None = await connection.fetchval(SQL["source"], account, test_id)
    return found


async def cancel(connection: Connection, account: UUID, test_id: UUID) -> Run | None:
    """End a test that runs, as it now is; None for one that does not. What its workers still do is lost."""
    row = await connection.fetchrow(SQL["cancel"], account, test_id)
    return None if row is None else _run(row)


async def ended_by(
    connection: Connection, account: UUID, test_id: UUID, token_id: str, seconds: float
) -> bool:
    """Whether this token cancelled or removed a test within some seconds."""
    ended: bool = await connection.fetchval(SQL["ended_by"], account, str(test_id), token_id, seconds)
    return ended


async def remove(connection: Connection, account: UUID, test_id: UUID) -> bool:
    """Remove a test that has ended, and its results; False if another did."""
    await connection.execute(SQL["remove_chunks"], account, test_id)
    return await connection.fetchval(SQL["remove"], account, test_id) is not None


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
