"""A test beside another one: who gained, who lost, for which reasons, and where that comes from."""

import asyncio
from collections import Counter
from collections.abc import Collection
from typing import Literal, NamedTuple
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from pyroaring import BitMap

from services.gateway import assessment, pages, reasoning
from services.gateway.assessment import NOBODY, BySegment
from services.gateway.auth import Scope
from services.gateway.cloudflare import envelope
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.cloudflare.policy_tests import ONE
from services.gateway.cloudflare.query import Paged
from services.gateway.pages import Line
from services.gateway.reasoning import Unreasoned
from services.gateway.routing import Answer, Call, Route
from shared.policy import comparison, plans
from shared.policy.comparison import Change, Transition
from shared.policy.screening.reasons import Reason
from shared.store import expectations, policy_tests
from shared.store.policy_tests import Pinned
from shared.store.pool import Connection, acquire, one_moment
from shared.wire.cloudflare.comparisons import (
    Causes,
    ChangedRow,
    Changes,
    Comparison,
    MovedReason,
    Plans,
    to_changes,
    to_moved,
)
from shared.wire.cloudflare.envelope import page_info
from shared.wire.faults import Fault, Faulty

PATH = ONE + "/comparison"


class Beside(Struct, frozen=True):
    """`base` is the test to compare with, if not the one that the test was started with."""

    base: UUID | UnsetType = UNSET


class ChangedUsers(Paged, frozen=True, kw_only=True):
    """A page of the users whose verdict changed in one way."""

    change: Literal["gained", "lost", "undecided", "decided", "unchanged", "joined", "left"]
    base: UUID | UnsetType = UNSET


class Compared(NamedTuple):
    """Two complete tests: ids, verdicts by segment."""

    base_id: UUID
    test_id: UUID
    base: BySegment
    other: BySegment


def _transitions(base: BySegment, other: BySegment) -> dict[int, dict[Transition, BitMap]]:
    return {
        segment: comparison.transitions(base.get(segment, NOBODY), other.get(segment, NOBODY))
        for segment in sorted({*base, *other})
    }


async def compared(call: Call) -> Answer:
    """Answer GET …/policy-tests/{policy_test_id}/comparison."""
    async with acquire(call.resources.pool) as connection, one_moment(connection):
        both = await _both(call, connection, call.query.base)
        changes = await asyncio.to_thread(_changes, both.base, both.other)
        reasons = await _reasons(call, connection, both)
        causes = await _causes(call, connection, both)
    shown = {name: getattr(changes, name) for name in changes.__struct_fields__}
    return Answer(Comparison(**shown, base=both.base_id, test=both.test_id, reasons=reasons, causes=causes))


async def _both(call: Call, connection: Connection, asked: UUID | UnsetType) -> Compared:
    test_id = path_id(call, "policy_test_id")
    base_id = await _base(call, connection, test_id) if asked is UNSET else asked
    base = await _complete(call, connection, base_id)
    return Compared(base_id, test_id, base, await _complete(call, connection, test_id))


async def _base(call: Call, connection: Connection, test_id: UUID) -> UUID:
    """The base that a test was started with; raises Failed for no such test, Faulty for one without."""
    if await policy_tests.run(connection, call.account, test_id) is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    base_id, _ = await expectations.given(connection, call.account, test_id)
    if base_id is None:
        raise Faulty(Fault("`base` is missing: the test was started without one"))
    if await policy_tests.run(connection, call.account, base_id) is None:
        raise Faulty(Fault(f"the test's base `{base_id}` is gone"))
    return base_id


async def _complete(call: Call, connection: Connection, test_id: UUID) -> BySegment:
    """The verdicts of a test; raises Failed for no such test, Faulty for one that is not complete."""
    run = await policy_tests.run(connection, call.account, test_id)
    if run is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    if run.state != "complete":
        raise Faulty(Fault(f"the test `{test_id}` is `{run.state}`: only complete tests can be compared"))
    return await assessment.verdicts(connection, call.account, test_id)


def _changes(base: BySegment, other: BySegment) -> Changes:
    counts = Counter[Transition]()
    for found in _transitions(base, other).values():
        counts.update({transition: len(positions) for transition, positions in found.items()})
    return to_changes(counts)


async def _reasons(call: Call, connection: Connection, both: Compared) -> list[MovedReason]:
    """The reasons that became others; of tests that have none, none."""
    reasons = call.resources.reasoning
    try:
        base = await reasons.of(connection, call.account, both.base_id, both.base.keys())
        other = await reasons.of(connection, call.account, both.test_id, both.other.keys())
    except Unreasoned:
        return []

    def moved() -> list[MovedReason]:
        counts = Counter[tuple[Reason, Reason]]()
        for segment in base.segments.keys() & other.segments.keys():
            counts.update(comparison.moved(base.segments[segment].reasons, other.segments[segment].reasons))
        return to_moved(counts, Plans(base.plan, other.plan))

    return await asyncio.to_thread(moved)


async def _causes(call: Call, connection: Connection, both: Compared) -> Causes | None:
    """What the base's policies say of the later directory stands between the two tests."""
    base = await policy_tests.pinned(connection, call.account, both.base_id)
    snapshot = await policy_tests.snapshot(connection, call.account, both.test_id)
    if base is None or snapshot is None or snapshot.version in (None, base.version):
        return None
    between = await _between(call, connection, base, snapshot.version or 0, both.other)

    def caused() -> Causes:
        return Causes(_changes(both.base, between), _changes(between, both.other))

    return await asyncio.to_thread(caused)


async def _between(
    call: Call, connection: Connection, base: Pinned, version: int, segments: Collection[int]
) -> BySegment:
    """What the plan of a test says of the directory at another version."""
    named = plans.named(base.plan.plan)
    found = await policy_tests.located(connection, call.account, version, named)
    pinned = policy_tests.at(base, version, found)
    held = await reasoning.facts(connection, call.account, pinned, segments)
    judged = base.plan.applied.verdicts
    return await asyncio.to_thread(lambda: {segment: judged(known) for segment, known in held.items()})


async def users(call: Call) -> Answer:
    """Answer GET …/policy-tests/{policy_test_id}/comparison/users."""
    asked: ChangedUsers = call.query
    async with acquire(call.resources.pool) as connection, one_moment(connection):
        both = await _both(call, connection, asked.base)
        sets = await asyncio.to_thread(_wanted, both, Change(asked.change))
        # Whoever left is in the base only; all others are as the later test has them.
        whose = both.base_id if asked.change == "left" else both.test_id
        page = await pages.among(connection, call.account, whose, sets, (asked.skip, asked.per_page))
    if page is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    rows = [_row(line) for line in page.lines]
    return Answer(rows, page_info(asked.page, asked.per_page, len(rows), page.total))


def _wanted(both: Compared, change: Change) -> dict[int, dict[str, BitMap]]:
    """The users who changed in one way, by segment and by both their verdicts."""
    return {
        segment: {
            f"{transition.before} {transition.after}": positions
            for transition, positions in found.items()
            if transition.change is change
        }
        for segment, found in _transitions(both.base, both.other).items()
    }


def _row(line: Line) -> ChangedRow:
    before, _, after = line.verdict.partition(" ")
    return ChangedRow(line.user_id, line.email, line.name, before, after)


READ = Scope.TESTS_READ
ROUTES = (
    Route(
        *("GET", PATH, READ, compared, "A test beside another one", Comparison),
        query=Beside,
    ),
    Route(
        *("GET", PATH + "/users", READ, users, "Users whose verdict changed", list[ChangedRow]),
        query=ChangedUsers,
        paged=True,
    ),
)
