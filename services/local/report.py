"""From what the readers found to the answer: rows as the gateway has them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from heapq import nsmallest
from typing import NamedTuple

import msgspec
from msgspec import Struct
from pyroaring import BitMap

from services.local.messages import Judged, Person, Place
from services.local.request import Prepared
from shared.directory import bitmaps
from shared.directory.merge import Rejection
from shared.policy import expectations
from shared.policy.comparison import Balance, Transition
from shared.policy.expectations import Expectation, Result, Weighed
from shared.policy.plan import Plan
from shared.policy.screening import totals
from shared.policy.screening.lint.evidence import run_of
from shared.policy.screening.lint.expected import aim
from shared.policy.screening.reasons import Reason
from shared.policy.screening.tally import Tally
from shared.policy.screening.totals import Part, Totals
from shared.wire.cloudflare import findings
from shared.wire.cloudflare.comparisons import Comparison, Plans, TestStatus, to_changes, to_moved, to_status
from shared.wire.cloudflare.expectation_rows import USERS_SHOWN, Broken, ExpectationRow, to_row
from shared.wire.cloudflare.findings import FindingRow
from shared.wire.cloudflare.policy_tests import ReasonedRow, Run
from shared.wire.cloudflare.reasons import ReasonRow, policy_named


class Directory(Struct, frozen=True):
    """How reading the file went; `errors` are the first lines that were refused."""

    rows_read: int
    rows_rejected: int
    errors: list[Rejection]


class Report(Struct, frozen=True):
    """All that comes of a test: each member is what the gateway answers of one."""

    test: TestStatus
    reasons: list[ReasonRow]
    comparison: Comparison | None
    expectations: list[ExpectationRow]
    findings: list[FindingRow]
    directory: Directory


class Assessed(NamedTuple):
    """What becomes of an expectation, who breaks it, and the first of them."""

    expectation: Expectation
    result: Result
    broken: int
    first: list[Place]
    absent: list[str]


def status(prepared: Prepared, parts: Sequence[Judged], started: datetime) -> TestStatus:
    """The test, which is complete."""
    tally = Tally(*(sum(each.verdicts[which] for each in parts) for which in range(3)))
    times = started, started, datetime.now(UTC)
    base_id = None if prepared.base is None else prepared.base_id
    run = Run(prepared.test_id, "complete", tally.processed, tally, *times, failure=None, base_id=base_id)
    return to_status(run, None if prepared.base is None else _balance(parts))


def _balance(parts: Iterable[Judged]) -> Balance:
    counts = dict.fromkeys(Balance._fields, 0)
    for each in parts:
        for transition, count in each.transitions:
            counts[transition.change.value] += count
    return Balance(**counts)


def whole(parts: Iterable[Judged]) -> Totals:
    """What the parts say of reasons and rules, together."""
    return totals.total(Part(dict(each.reasons), dict(each.covered)) for each in parts)


def found(plan: Plan, together: Totals, expected: Iterable[Assessed]) -> list[FindingRow]:
    """What there is to be found in the policies and the expectations."""
    aims = [aim(each.expectation, each.result, each.absent) for each in expected]
    return findings.found(plan, run_of(together), aims)


def compared(prepared: Prepared, parts: Iterable[Judged]) -> Comparison | None:
    """The test beside its base, both of one directory."""
    if prepared.base is None:
        return None
    transitions, moved = Counter[Transition](), Counter[tuple[Reason, Reason]]()
    for each in parts:
        transitions.update(dict(each.transitions))
        moved.update(dict(each.moved))
    shown = msgspec.structs.asdict(to_changes(transitions))
    became = to_moved(moved, Plans(prepared.base, prepared.plan))
    return Comparison(**shown, base=prepared.base_id, test=prepared.test_id, reasons=became, causes=None)


def assessed(prepared: Prepared, parts: Sequence[Judged], created: Mapping[Place, Place]) -> list[Assessed]:
    """What becomes of the expectations; `created` are the rows that had users before the ones that count."""
    if prepared.expected is None:
        return []
    there = {key for each in parts for key in each.there}
    found = []
    for number, expectation in enumerate(prepared.expected.expected):
        weighed = [
            Weighed(*each.weighed[number][:-1], bitmaps.decode(each.weighed[number].against))
            for each in parts
        ]
        absent = expectations.absent(expectation, there)
        result = expectations.judged(expectation, weighed, len(absent))
        against = (
            {}
            if result.holds
            else {each.part: some.against for each, some in zip(parts, weighed, strict=True)}
        )
        broken = sum(map(len, against.values()))
        found.append(Assessed(expectation, result, broken, _first(against, created), absent))
    return found


def _first(against: Mapping[int, BitMap], created: Mapping[Place, Place]) -> list[Place]:
    """The first of some users, in the order in which they were created."""
    late = [each for each in created if each.part in against and each.position in against[each.part]]
    others = list[Place]()
    for part, positions in sorted(against.items()):
        here = positions - bitmaps.from_positions(each.position for each in late if each.part == part)
        others += [Place(part, position) for position in here[: USERS_SHOWN - len(others)]]
    return nsmallest(USERS_SHOWN, [*others, *late], key=lambda each: created.get(each, each))


def expected(plan: Plan, found: Iterable[Assessed], people: Mapping[Place, Person]) -> list[ExpectationRow]:
    """Rows of expectations."""
    return [
        to_row(
            *(index, each.expectation, each.result),
            Broken(each.broken, [_row(plan, people[place]) for place in each.first], each.absent),
        )
        for index, each in enumerate(found)
    ]


def _row(plan: Plan, person: Person) -> ReasonedRow:
    reason = person.reason
    policy = None if reason.policy is None else policy_named(reason.policy, plan.policies)
    shown = person.user_id, person.email, person.name, reason.status
    return ReasonedRow(*shown, reason.code.value, policy, reason.pointer)
