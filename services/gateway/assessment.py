"""Which expectations of a test hold: worked out when somebody asks, and remembered.

Only of complete tests: their verdicts, expectations and postings never change while they are kept.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from pyroaring import BitMap

from services.gateway import reasoning
from shared.directory import bitmaps
from shared.policy import expectations, plans
from shared.policy.expectations import Expectation, Expectations, Result, Segment, Weighed
from shared.policy.facts import Facts
from shared.policy.plans import Named
from shared.policy.screening.judge import Judge
from shared.policy.verdicts import Verdicts
from shared.store import expectations as stored_expectations
from shared.store import policy_tests
from shared.store.policy_tests import Pinned
from shared.store.pool import Connection

# Of all tests together, in bytes as those who break their expectations roughly take.
REMEMBERED_BYTES = 32 << 20
# So many are looked at together: what they read, a selector at a time, is in memory then.
SEGMENTS = 16
NOBODY = Verdicts(BitMap(), BitMap(), BitMap())
BySegment = Mapping[int, Verdicts]


class Assessed(NamedTuple):
    """What becomes of an expectation; `against` are those who break it, by segment and verdict.

    `absent` are listed users who are not in the directory.
    """

    expectation: Expectation
    result: Result
    against: dict[int, dict[str, BitMap]]
    absent: list[str]

    @property
    def broken(self) -> int:
        """How many users break it, but for those who are absent."""
        return sum(len(each) for parts in self.against.values() for each in parts.values())

    @property
    def weight(self) -> int:
        """How many bytes it takes, roughly."""
        sets = [each for parts in self.against.values() for each in parts.values()]
        return reasoning.ENTRY_BYTES + reasoning.weight(sets)


class Unassessed(Exception):  # noqa: N818  # what was asked of a test whose expectations are not to be read
    """A test whose expectations this version does not know."""


class _Test(NamedTuple):
    """A complete test with its expectations; `named` are the ordinals of whom these name."""

    expectations: Expectations
    base_id: UUID | None
    pinned: Pinned
    named: Mapping[str, int]


class Assessment:
    """What became of the expectations that were asked for last."""

    def __init__(self) -> None:
        self._tests: OrderedDict[tuple[UUID, UUID], list[Assessed]] = OrderedDict()

    async def of(self, connection: Connection, account: UUID, test_id: UUID) -> list[Assessed]:
        """The expectations of a complete test that the account has, in order; raises Unassessed."""
        found = self._tests.get((account, test_id))
        if found is None:
            found = await _assessed(connection, account, test_id)
        if all(each.result.holds is not None for each in found):
            self._keep((account, test_id), found)
        return found

    def _keep(self, whose: tuple[UUID, UUID], found: list[Assessed]) -> None:
        self._tests[whose] = found
        self._tests.move_to_end(whose)
        while len(self._tests) > 1 and self._weight() > REMEMBERED_BYTES:
            self._tests.popitem(last=False)

    def _weight(self) -> int:
        return sum(each.weight for test in self._tests.values() for each in test)


async def verdicts(connection: Connection, account: UUID, test_id: UUID) -> BySegment:
    """The verdicts of a test by segment."""
    segments = [each.segment for each in await policy_tests.counted(connection, account, test_id)]
    stored = await policy_tests.bitmaps(connection, account, test_id, segments)
    return {segment: Verdicts(*map(bitmaps.decode, each)) for segment, each in stored.items()}


async def _assessed(connection: Connection, account: UUID, test_id: UUID) -> list[Assessed]:
    test = await _test(connection, account, test_id)
    if test is None:
        return []
    found = await verdicts(connection, account, test_id)
    base = await _base(connection, account, test)
    judge, parts = Judge(test.expectations.selectors), dict[int, list[Weighed]]()
    for some in _some(sorted(found)):
        held = await reasoning.facts(connection, account, test.pinned, some)
        parts |= await asyncio.to_thread(_weighed, test, judge, held, (found, base))
    return await asyncio.to_thread(_judged, test, parts, found, based=base is not None)


def _some(segments: Sequence[int]) -> Iterator[Sequence[int]]:
    return (segments[first : first + SEGMENTS] for first in range(0, len(segments), SEGMENTS))


async def _test(connection: Connection, account: UUID, test_id: UUID) -> _Test | None:
    """A test with its expectations, as it is pinned; None for one that has none."""
    base_id, text = await stored_expectations.get(connection, account, test_id)
    snapshot = await policy_tests.snapshot(connection, account, test_id)
    if text is None or snapshot is None or snapshot.version is None:
        return None
    known = await asyncio.to_thread(expectations.decode, text)
    if known is None:
        raise Unassessed
    ready = await asyncio.to_thread(plans.ready, known.selectors)
    listed = expectations.listed(known)
    addresses = {*plans.named(known.selectors).keys, *(each for each in listed if "@" in each)}
    named: dict[str, int] = {}
    for wanted in (Named("address", sorted(addresses)), Named("id", sorted(listed - addresses))):
        named |= await policy_tests.located(connection, account, snapshot.version, wanted)
    pinned = Pinned(ready, {}, snapshot.version, snapshot.segment_bits, len(text))
    return _Test(known, base_id, policy_tests.at(pinned, snapshot.version, named), named)


async def _base(connection: Connection, account: UUID, test: _Test) -> BySegment | None:
    """The verdicts of the base; None if there is none, or not any more, or nobody asks."""
    if test.base_id is None or not test.expectations.needs_base:
        return None
    if await policy_tests.run(connection, account, test.base_id) is None:
        return None
    return await verdicts(connection, account, test.base_id)


def _weighed(
    test: _Test, judge: Judge, held: Mapping[int, Facts], both: tuple[BySegment, BySegment | None]
) -> dict[int, list[Weighed]]:
    found, base = both
    weighed = {}
    for segment, facts in held.items():
        before = None if base is None else base.get(segment, NOBODY)
        positions = test.pinned.positions.get(segment, {})
        known = Segment(facts, found[segment], before, positions)
        weighed[segment] = expectations.weigh(test.expectations, judge, known)
    return weighed


def _judged(
    test: _Test, parts: Mapping[int, list[Weighed]], found: BySegment, *, based: bool
) -> list[Assessed]:
    assessed = []
    for number, expectation in enumerate(test.expectations.expected):
        absent = expectations.absent(expectation, test.named)
        by_segment = {segment: each[number] for segment, each in parts.items()}
        result = expectations.judged(expectation, by_segment.values(), len(absent))
        if expectation.needs_base and not based:
            result = result._replace(holds=None)
        against = {} if result.holds is not False else _by_verdict(by_segment, found)
        assessed.append(Assessed(expectation, result, against, absent))
    return assessed


def _by_verdict(parts: Mapping[int, Weighed], found: BySegment) -> dict[int, dict[str, BitMap]]:
    return {
        segment: {
            verdict: weighed.against & positions for verdict, positions in found[segment]._asdict().items()
        }
        for segment, weighed in sorted(parts.items())
        if weighed.against
    }
