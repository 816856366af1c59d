"""An outcome says of each user of a segment: matched, unmatched, or unknown (Kleene's third value)."""

from functools import reduce
from typing import NamedTuple

from pyroaring import BitMap


class Outcome(NamedTuple):
    """Two disjoint sets of live positions; whoever is in neither is unmatched."""

    matched: BitMap
    unknown: BitMap


def either(first: Outcome, second: Outcome) -> Outcome:
    """Matched if either is; unknown if that hangs on what is unknown."""
    matched = first.matched | second.matched
    return Outcome(matched, (first.unknown | second.unknown) - matched)


def both(first: Outcome, second: Outcome) -> Outcome:
    """Matched if both are; unmatched if either is, whatever is unknown of the other."""
    matched = first.matched & second.matched
    possible = (first.matched | first.unknown) & (second.matched | second.unknown)
    return Outcome(matched, possible - matched)


def negated(outcome: Outcome, live: BitMap) -> Outcome:
    """Matched where it was unmatched; what was unknown stays so."""
    return Outcome(live - outcome.matched - outcome.unknown, outcome.unknown)


def any_of(outcomes: list[Outcome]) -> Outcome:
    """`either` of them all; of none, nobody matches."""
    matched = BitMap.union(BitMap(), *(outcome.matched for outcome in outcomes))
    unknown = BitMap.union(BitMap(), *(outcome.unknown for outcome in outcomes))
    return Outcome(matched, unknown - matched)


def all_of(outcomes: list[Outcome], live: BitMap) -> Outcome:
    """`both` of them all; of none, everybody matches."""
    return reduce(both, outcomes, Outcome(live, BitMap()))
