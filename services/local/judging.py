"""From a part of the users to what all plans say of it."""

from typing import NamedTuple

from pyroaring import BitMap

from services.local.bench import Bench
from services.local.messages import Judged, Weight
from services.local.part import Part
from shared.directory import bitmaps
from shared.policy import comparison, expectations
from shared.policy.comparison import Transition
from shared.policy.expectations import Segment
from shared.policy.facts import Facts
from shared.policy.screening import reasons
from shared.policy.screening.judge import Judge
from shared.policy.screening.reasons import Reason
from shared.policy.verdicts import Verdicts


class _Before(NamedTuple):
    """What the base says: verdicts, and how many went from which verdict and reason to which."""

    verdicts: Verdicts | None
    transitions: list[tuple[Transition, int]]
    moved: list[tuple[tuple[Reason, Reason], int]]


def judged(part: Part) -> Judged:
    """What comes of a part, which from now on knows the reason of each of its users."""
    bench, facts = part.bench, part.facts()
    verdicts = bench.judge.verdicts(facts)
    part.reasons = reasons.partition(bench.judge, facts)
    before = _before(bench.base, facts, verdicts, part.reasons)
    known = Segment(facts, verdicts, before.verdicts, part.named)
    return Judged(
        part.number,
        (len(verdicts.approved), len(verdicts.blocked), len(verdicts.errored)),
        [(reason, len(positions)) for reason, positions in part.reasons.items()],
        list(reasons.coverage(bench.judge, facts).items()),
        before.transitions,
        before.moved,
        _weighed(bench, known),
        [] if bench.expected is None else sorted(expectations.listed(bench.expected) & part.named.keys()),
    )


def _before(base: Judge | None, facts: Facts, verdicts: Verdicts, why: "dict[Reason, BitMap]") -> _Before:
    if base is None:
        return _Before(None, [], [])
    was = base.verdicts(facts)
    changed = comparison.transitions(was, verdicts)
    moved = comparison.moved(reasons.partition(base, facts), why)
    return _Before(was, [(each, len(positions)) for each, positions in changed.items()], list(moved.items()))


def _weighed(bench: Bench, known: Segment) -> list[Weight]:
    if bench.expected is None:
        return []
    found = expectations.weigh(bench.expected, bench.selectors, known)
    return [Weight(each.selected, each.unknown, each.found, bitmaps.encode(each.against)) for each in found]
