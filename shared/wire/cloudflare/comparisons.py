"""Two tests beside each other, on the wire. The vendor has nothing of the kind."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from shared.policy.comparison import Balance, Change, Transition
from shared.policy.plan import Plan
from shared.policy.screening.reasons import Reason
from shared.wire.cloudflare.policy_tests import Progress, Run, to_progress
from shared.wire.cloudflare.reasons import ReasonRow, to_row

REASONS_SHOWN = 200
"""Of reasons that became others: the most frequent ones."""


class TransitionRow(Struct, frozen=True):
    """How many users went from one verdict to another; `absent` where only one of the tests has them."""

    before: str = field(name="from")
    after: str = field(name="to")
    count: int = 0


class Counts(Struct, frozen=True):
    """How many users changed how.

    `gained`: blocked, now approved. `lost`: approved, now blocked. `undecided`: now an error. `decided`: an
    error, now decided. `joined` and `left`: only one of the tests has them.
    """

    gained: int
    lost: int
    undecided: int
    decided: int
    unchanged: int
    joined: int
    left: int


class Changes(Counts, frozen=True):
    """The same with every pair of verdicts, the most frequent first."""

    transitions: list[TransitionRow]


class Compared(Counts, frozen=True):
    """How many users of a test changed how since its `base`; the words are those of a comparison."""

    base: UUID


class TestStatus(Progress, frozen=True):
    """How a test goes. Once one with a base is complete it has a comparison, unless the base went before."""

    comparison: Compared | UnsetType = UNSET


class MovedReason(Struct, frozen=True):
    """How many users have another reason than in the base; each row's `count` is that number."""

    before: ReasonRow = field(name="from")
    after: ReasonRow = field(name="to")
    count: int = 0


class Causes(Struct, frozen=True):
    """Where a change comes from: the directory (the base's policies on both), the policies (both on one)."""

    directory: Changes
    policies: Changes


class Comparison(Changes, frozen=True):
    """A test beside a base. `causes` is null where both are of one directory as it was at one time.

    `reasons` are those that became others, the most frequent first; empty where a test has no reasons.
    """

    base: UUID
    test: UUID
    reasons: list[MovedReason]
    causes: Causes | None


class ChangedRow(Struct, frozen=True):
    """A user with the verdicts of both tests."""

    id: UUID
    email: str
    name: str
    before: str = field(name="from")
    after: str = field(name="to")


Moved = Counter[tuple[Reason, Reason]]


class Plans(NamedTuple):
    """The plans that reasons are of: the base's, and the other's."""

    base: Plan
    other: Plan


def to_status(run: Run, balance: Balance | None) -> TestStatus:
    """A run as clients see it, beside its base."""
    progress = msgspec.structs.asdict(to_progress(run))
    if run.base_id is None or balance is None:
        return TestStatus(**progress)
    return TestStatus(**progress, comparison=Compared(*balance, base=run.base_id))


def to_changes(counts: Mapping[Transition, int]) -> Changes:
    """Transitions with how many users made them."""
    by_change = Counter[Change]()
    for transition, count in counts.items():
        by_change[transition.change] += count
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    rows = [TransitionRow(*transition, count) for transition, count in ordered if count]
    return Changes(**{change.value: by_change[change] for change in Change}, transitions=rows)


def to_moved(moved: Moved, plans: Plans) -> list[MovedReason]:
    """The most frequent of the reasons that became others, before all those that changed a verdict."""
    ordered = sorted(moved.items(), key=lambda each: (each[0][0].status == each[0][1].status, -each[1]))
    return [
        MovedReason(to_row(before, plans.base, count), to_row(after, plans.other, count), count)
        for (before, after), count in ordered[:REASONS_SHOWN]
    ]
