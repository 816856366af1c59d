"""Two tests of one directory beside each other: for whom the verdict is another, and for which reason."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Literal, NamedTuple, TypeVar

from pyroaring import BitMap

from shared.policy.verdicts import Verdicts

State = Literal["approved", "blocked", "error", "absent"]
"""A verdict, or that there is no such user."""
Why = TypeVar("Why")


class Change(Enum):
    """What becomes of a user from the base to the other test."""

    GAINED = "gained"
    LOST = "lost"
    UNDECIDED = "undecided"
    DECIDED = "decided"
    UNCHANGED = "unchanged"
    JOINED = "joined"
    LEFT = "left"


class Transition(NamedTuple):
    """A user's verdict in the base and in the other test."""

    before: State
    after: State

    @property
    def change(self) -> Change:
        """What that is; users whom only one of the tests has joined or left."""
        match self:
            case ("absent", _):
                return Change.JOINED
            case (_, "absent"):
                return Change.LEFT
            case (before, after) if before == after:
                return Change.UNCHANGED
            case (_, "error"):
                return Change.UNDECIDED
            case ("error", _):
                return Change.DECIDED
            case ("blocked", _):
                return Change.GAINED
        return Change.LOST


def transitions(base: Verdicts, other: Verdicts) -> dict[Transition, BitMap]:
    """The users of a segment by transition: disjoint sets, none empty, of all whom either test has."""
    return {
        Transition(before, after): positions
        for before, was in _states(base, other)
        for after, is_now in _states(other, base)
        if (positions := was & is_now)
    }


def _states(verdicts: Verdicts, beside: Verdicts) -> Iterator[tuple[State, BitMap]]:
    yield "approved", verdicts.approved
    yield "blocked", verdicts.blocked
    yield "error", verdicts.errored
    yield "absent", BitMap.union(*beside) - BitMap.union(*verdicts)


def changes(found: Mapping[Transition, BitMap]) -> dict[Change, BitMap]:
    """Transitions by what they are."""
    united: dict[Change, BitMap] = {}
    for transition, positions in found.items():
        change = transition.change
        united[change] = united[change] | positions if change in united else positions
    return united


class Balance(NamedTuple):
    """How many users changed how: a number for each change, under its name."""

    gained: int
    lost: int
    undecided: int
    decided: int
    unchanged: int
    joined: int
    left: int


def balance(both: Iterable[tuple[Verdicts, Verdicts]]) -> Balance:
    """How many users of some segments changed how, from the verdicts of the base and of the other test."""
    counts = dict.fromkeys(Balance._fields, 0)
    for base, other in both:
        for transition, positions in transitions(base, other).items():
            counts[transition.change.value] += len(positions)
    return Balance(**counts)


def moved(base: Mapping[Why, BitMap], other: Mapping[Why, BitMap]) -> dict[tuple[Why, Why], int]:
    """How many users of a segment have another reason than in the base, by both; of users in both tests.

    Most users have the same one, and everybody has one: so few of all pairs have to be looked at.
    """
    found: dict[tuple[Why, Why], int] = {}
    for before, was in base.items():
        rest = was - other[before] if before in other else was
        for after, is_now in other.items():
            if not rest:
                break
            if before != after and (number := rest.intersection_cardinality(is_now)):
                found[before, after] = number
                rest = rest - is_now  # in place it would change the base's
    return found
