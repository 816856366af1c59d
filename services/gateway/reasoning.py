"""Why users have their verdicts: worked out when somebody asks, and remembered.

A test's verdicts, plan and postings never change while it is kept, and neither does a reason.
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from pyroaring import BitMap

from shared.directory.attributes import Term
from shared.policy.facts import Facts
from shared.policy.plan import Plan
from shared.policy.screening import reasons
from shared.policy.screening.judge import Judge
from shared.policy.screening.reasons import Coverage, Reason, Where
from shared.store import policy_tests, postings
from shared.store.policy_tests import Pinned
from shared.store.pool import Connection

# Of all tests together, in bytes as their reasons roughly take.
REMEMBERED_BYTES = 64 << 20
ENTRY_BYTES, DENSE_BYTES = 300, 8192


def weight(sets: Collection[BitMap]) -> int:
    """How many bytes some sets take, roughly."""
    return sum(ENTRY_BYTES + min(DENSE_BYTES, 2 * len(each)) for each in sets)


class Segment(NamedTuple):
    """One segment's users by reason, and what each rule says of them."""

    reasons: dict[Reason, BitMap]
    covered: dict[Where, Coverage]

    @property
    def weight(self) -> int:
        """How many bytes it takes, roughly."""
        return weight(self.reasons.values()) + ENTRY_BYTES * len(self.covered)


class Why(NamedTuple):
    """A test's plan with its segments, in order."""

    plan: Plan
    segments: dict[int, Segment]


class Unreasoned(Exception):  # noqa: N818  # what was asked of a test that has no reasons
    """A test of an entitlement, or one whose plan this version does not know."""


class _Test:
    def __init__(self, pinned: Pinned, plan: Plan) -> None:
        self.pinned = pinned
        self.plan = plan
        self.judge = Judge(plan)
        self.segments: dict[int, Segment] = {}
        self.weight = pinned.size

    def learn(self, segments: Mapping[int, Segment]) -> None:
        self.segments |= segments
        self.weight = self.pinned.size + sum(each.weight for each in self.segments.values())


class Reasoning:
    """The reasons asked for last."""

    def __init__(self) -> None:
        self._tests: OrderedDict[tuple[UUID, UUID], _Test] = OrderedDict()

    async def of(
        self, connection: Connection, account: UUID, test_id: UUID, segments: Collection[int]
    ) -> Why:
        """The reasons of some evaluated segments of a test that the account has; raises Unreasoned."""
        test = await self._test(connection, account, test_id)
        missing = [each for each in segments if each not in test.segments]
        if missing:
            held = await facts(connection, account, test.pinned, missing)
            test.learn(await asyncio.to_thread(_reasoned, test.judge, held))
        self._keep((account, test_id), test)
        return Why(test.plan, {each: test.segments[each] for each in sorted(segments)})

    async def _test(self, connection: Connection, account: UUID, test_id: UUID) -> _Test:
        known = self._tests.get((account, test_id))
        if known is not None:
            return known
        pinned = await policy_tests.pinned(connection, account, test_id)
        if pinned is None or not pinned.plan.known or not isinstance(pinned.plan.plan, Plan):
            raise Unreasoned
        return _Test(pinned, pinned.plan.plan)

    def _keep(self, whose: tuple[UUID, UUID], test: _Test) -> None:
        self._tests[whose] = test
        self._tests.move_to_end(whose)
        while len(self._tests) > 1 and sum(each.weight for each in self._tests.values()) > REMEMBERED_BYTES:
            self._tests.popitem(last=False)


async def facts(
    connection: Connection, account: UUID, pinned: Pinned, segments: Collection[int]
) -> dict[int, Facts]:
    """What a test's plan reads of some segments."""
    held: defaultdict[int, dict[Term, bytes]] = defaultdict(dict)
    for first, last in _runs(sorted(segments)):
        rows = await postings.fetch(connection, account, pinned.version, (first, last), pinned.plan.terms)
        for segment, term, data in rows:
            held[segment][term] = data
    return {each: Facts(held[each], pinned.positions.get(each, {})) for each in segments}


def _runs(segments: list[int]) -> Iterator[tuple[int, int]]:
    """Segments in order as ranges without holes."""
    first = last = None
    for each in segments:
        if last is not None and each > last + 1 and first is not None:
            yield first, last
            first = None
        first = each if first is None else first
        last = each
    if first is not None and last is not None:
        yield first, last


def _reasoned(judge: Judge, held: Mapping[int, Facts]) -> dict[int, Segment]:
    return {
        segment: Segment(reasons.partition(judge, known), reasons.coverage(judge, known))
        for segment, known in held.items()
    }
