"""Reasons and coverage of several segments, added up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shared.policy.screening.reasons import Coverage, Reason, Where


class Part(NamedTuple):
    """Of one segment: how many users have which reason, and what each rule says of them."""

    counts: Mapping[Reason, int]
    covered: Mapping[Where, Coverage]


class Totals(NamedTuple):
    """Of all segments: what each rule says, how many users it decided, how many have which reason."""

    covered: dict[Where, Coverage]
    decided: Counter[Where]
    counts: Counter[Reason]


def total(parts: Iterable[Part]) -> Totals:
    """The parts' sum."""
    matched, unknown, counts = Counter[Where](), Counter[Where](), Counter[Reason]()
    for part in parts:
        counts.update(part.counts)
        for where, said in part.covered.items():
            matched[where] += said.matched
            unknown[where] += said.unknown
    decided = Counter[Where]()
    for reason, count in counts.items():
        if reason.where is not None:
            decided[reason.where] += count
    return Totals({where: Coverage(matched[where], unknown[where]) for where in matched}, decided, counts)
