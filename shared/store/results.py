"""All results of a policy test that has ended, read from its beginning to its end a part at a time."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from pyroaring import BitMap

from shared.directory import bitmaps
from shared.store import policy_tests, queries
from shared.store.policy_tests import Bitmaps
from shared.store.pool import Connection, one_moment
from shared.wire.cloudflare.policy_tests import ROW_STATUS, Row, ShortRow
from shared.wire.results.forms import GROUP

SQL = queries.load("results.sql")

# So few that a statement ends soon and its rows take little room; so many that nothing is read one by one.
PART_ORDINALS = 16_384


class Extent(NamedTuple):
    """What there is to read of a test: its directory `version`, its evaluated `segments`, `rows` in all."""

    test_id: UUID
    version: int
    segment_bits: int
    segments: tuple[int, ...]
    rows: int


class Part(NamedTuple):
    """Some ordinals of one segment, from `first` up to `last`."""

    segment: int
    first: int
    last: int


async def extent(connection: Connection, account: UUID, test_id: UUID) -> Extent | None:
    """What there is to read; None for a test that is not there, or has not ended."""
    async with one_moment(connection):
        run = await policy_tests.run(connection, account, test_id)
        about = await policy_tests.snapshot(connection, account, test_id)
        if run is None or about is None or run.finished_at is None:
            return None
        counted = await policy_tests.counted(connection, account, test_id)
    # One that ended before it was pinned has no version, and no segments.
    rows = sum(each.approved + each.blocked + each.errored for each in counted)
    segments = tuple(each.segment for each in counted)
    return Extent(test_id, about.version or 0, about.segment_bits, segments, rows)


def parts(known: Extent) -> Iterator[Part]:
    """All that there is to read, in the order of ordinals."""
    for segment in known.segments:
        begin, end = segment << known.segment_bits, (segment + 1) << known.segment_bits
        for first in range(begin, end, PART_ORDINALS):
            yield Part(segment, first, min(first + PART_ORDINALS, end) - 1)


async def rows(
    connection: Connection, account: UUID, known: Extent, part: Part, why: Mapping[str, BitMap] | None = None
) -> list[Row] | None:
    """The rows of a part; None if the test was removed meanwhile.

    As long as the test is there, so are all rows of its version of the directory: a part is read as of one
    moment, and no moment has to last until all parts are written. `why` are the segment's users by reason.
    """
    async with one_moment(connection):
        stored = await policy_tests.bitmaps(connection, account, known.test_id, [part.segment])
        if part.segment not in stored:
            return None
        which = (known.version, part.first, part.last)
        people = await connection.fetch(SQL["people"], account, *which)
    verdicts = _verdicts(stored[part.segment], part, part.segment << known.segment_bits)
    if why is None:
        return [Row(user_id, email, name, verdicts[ordinal]) for ordinal, user_id, email, name in people]
    reasons = _by_ordinal(why, part, part.segment << known.segment_bits)
    return [
        ShortRow(user_id, email, name, verdicts[ordinal], reasons[ordinal])
        for ordinal, user_id, email, name in people
    ]


def _verdicts(stored: Bitmaps, part: Part, begin: int) -> Mapping[int, str]:
    """What became of whom, by ordinal, in the words of the rows."""
    sets = zip(stored._fields, map(bitmaps.decode, stored), strict=True)
    return _by_ordinal({ROW_STATUS[name]: positions for name, positions in sets}, part, begin)


def _by_ordinal(sets: Mapping[str, BitMap], part: Part, begin: int) -> Mapping[int, str]:
    """The words that sets of a segment's positions stand for, by the ordinals of a part."""
    found, here = dict[int, str](), BitMap(range(part.first - begin, part.last - begin + 1))
    for word, positions in sets.items():
        found |= dict.fromkeys([begin + position for position in positions & here], word)
    return found


async def forget(connection: Connection) -> int:
    """Remove files of results whose tests are gone; returns how many."""
    return len(await connection.fetch(SQL["forget"], GROUP))
