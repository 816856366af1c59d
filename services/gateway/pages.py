"""Pages of verdicts: found in bitmaps by counting, so that the last page costs what the first does."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct
from pyroaring import BitMap

from shared.directory import bitmaps
from shared.store import policy_tests, users
from shared.store.policy_tests import Bitmaps, Counted, Snapshot
from shared.store.pool import Connection

VERDICTS = ("approved", "blocked", "errored")


class Slice(NamedTuple):
    """A part of one segment's rows: skip some, take some."""

    segment: int
    skip: int
    take: int


class Line(Struct, frozen=True, gc=False):
    """One user with the verdict; `place` is the segment and the position in it."""

    place: tuple[int, int]
    user_id: UUID
    email: str
    name: str
    verdict: str


class Found(NamedTuple):
    """A page's lines, and how many lines all pages have."""

    lines: list[Line]
    total: int


def slices(counts: Iterable[tuple[int, int]], skip: int, take: int) -> list[Slice]:
    """Where a page lies, from the number of rows in each segment, in order."""
    found = []
    for segment, count in counts:
        here = min(take, count - skip)
        if here > 0:
            found.append(Slice(segment, skip, here))
            take -= here
        skip = max(0, skip - count)
        if not take:
            break
    return found


def _rows(counted: Counted, verdict: str | None) -> int:
    if verdict is None:
        return counted.approved + counted.blocked + counted.errored
    return int(getattr(counted, verdict))


def _sets(stored: Bitmaps, verdict: str | None) -> dict[str, BitMap]:
    wanted = VERDICTS if verdict is None else (verdict,)
    return {name: bitmaps.decode(getattr(stored, name)) for name in wanted}


def chosen(part: Slice, sets: Mapping[str, BitMap]) -> dict[int, str]:
    """The positions of a slice of disjoint sets, each with the name of its set."""
    everybody = BitMap().union(*sets.values())
    window = everybody[part.skip : part.skip + part.take]
    return {position: name for name, positions in sets.items() for position in positions & window}


async def find(
    connection: Connection, account: UUID, test_id: UUID, verdict: str | None, window: tuple[int, int]
) -> Found | None:
    """A page of a test's users in the order of their creation: skip some, take some; None for no such test.

    While a test runs, the users are those processed so far. To be read as of one moment (`pool.one_moment`),
    for the test may be removed meanwhile; so is what `among` reads.
    """
    snapshot = await policy_tests.snapshot(connection, account, test_id)
    if snapshot is None:
        return None
    counted = await policy_tests.counted(connection, account, test_id)
    counts = [(segment.segment, _rows(segment, verdict)) for segment in counted]
    total = sum(rows for _, rows in counts)
    parts = slices(counts, *window)
    if not parts or snapshot.version is None:
        return Found([], total)
    stored = await policy_tests.bitmaps(connection, account, test_id, [part.segment for part in parts])
    verdicts = {
        (part.segment << snapshot.segment_bits) + position: name
        for part in parts
        for position, name in chosen(part, _sets(stored[part.segment], verdict)).items()
    }
    return Found(await _lines(connection, account, snapshot, verdicts), total)


async def _lines(
    connection: Connection, account: UUID, snapshot: Snapshot, verdicts: Mapping[int, str]
) -> list[Line]:
    """The users with some ordinals, each with the verdict."""
    bits, version = snapshot.segment_bits, snapshot.version or 0
    people = await users.people(connection, account, version, list(verdicts))
    mask = (1 << bits) - 1
    return [
        Line(
            (each.ordinal >> bits, each.ordinal & mask),
            *(each.user_id, each.email, each.name, verdicts[each.ordinal]),
        )
        for each in people
    ]


Sets = Mapping[int, Mapping[str, BitMap]]
"""By segment, in order, some of its users by verdict: disjoint sets."""


async def among(
    connection: Connection, account: UUID, test_id: UUID, sets: Sets, window: tuple[int, int]
) -> Found | None:
    """A page of some of a test's users, as `find` has it of all."""
    snapshot = await policy_tests.snapshot(connection, account, test_id)
    if snapshot is None:
        return None
    counts = [(segment, sum(map(len, parts.values()))) for segment, parts in sets.items()]
    verdicts = {
        (part.segment << snapshot.segment_bits) + position: name
        for part in slices(counts, *window)
        for position, name in chosen(part, sets[part.segment]).items()
    }
    lines = await _lines(connection, account, snapshot, verdicts)
    return Found(lines, sum(count for _, count in counts))
