"""What the users of a test are expected to get, and who breaks that. Sets, as verdicts are.

Of a selector only those count whom it matches for certain. Users of whom that is unknown are counted apart:
they neither keep an expectation nor break it.
"""

from collections.abc import Container, Iterable, Mapping
from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct
from pyroaring import BitMap

from shared.directory import bitmaps
from shared.policy import comparison, plan
from shared.policy.comparison import Change
from shared.policy.facts import Facts
from shared.policy.outcome import Outcome
from shared.policy.plan import Plan
from shared.policy.screening.judge import Judge
from shared.policy.screening.reasons import Status
from shared.policy.verdicts import Verdicts

FORM = 1
Happening = Literal["approved", "blocked", "error", "lost", "gained"]
"""A verdict, or what became of a user since the base."""
CHANGES: Mapping[str, Change] = {"lost": Change.LOST, "gained": Change.GAINED}


class Share(Struct, frozen=True, tag="share"):
    """So many of the selected, or so many percent of them, are something: at `least`, or else at most.

    One of `number` and `percent` is there.
    """

    of: Happening
    least: bool
    number: int | None = None
    percent: float | None = None

    @property
    def needs_base(self) -> bool:
        """Whether it is about what became of users since another test."""
        return self.of in CHANGES

    def holds(self, found: int, selected: int) -> bool:
        """Whether so many `found` among so many selected are right; exact, whatever the percentage."""
        if self.number is not None:
            bound = Fraction(self.number)
        else:
            # By its digits: 1.1 percent of 1,000 are 11.
            bound = Fraction(str(self.percent or 0)) * selected / 100
        return found >= bound if self.least else found <= bound


class Listed(Struct, frozen=True, tag="listed"):
    """Each of some users has a verdict; by canonical address, or by id."""

    verdicts: dict[str, Status]


Demand = Share | Listed


class Expectation(Struct, frozen=True):
    """One expectation; whom it is about stands with all of them."""

    name: str | None
    demand: Demand

    @property
    def needs_base(self) -> bool:
        """Whether it can be judged beside another test only."""
        return isinstance(self.demand, Share) and self.demand.needs_base


class Expectations(Struct, frozen=True):
    """The expectations of a test with all that they refer to, so that nothing edited later can reach them.

    Whom each is about are those whom the policy of the same number in `selectors` matches; what that decides
    means nothing, and of a list it matches nobody. `form` is the version of this structure.
    """

    expected: tuple[Expectation, ...]
    selectors: Plan
    form: int = FORM

    @property
    def known(self) -> bool:
        """Whether this version knows what they mean."""
        return (self.form, self.selectors.form) == (FORM, plan.FORM)

    @property
    def needs_base(self) -> bool:
        """Whether any can be judged beside another test only."""
        return any(each.needs_base for each in self.expected)


class _Form(Struct):
    form: int


def encode(expectations: Expectations) -> bytes:
    """Expectations as they are stored."""
    return msgspec.json.encode(expectations)


def decode(text: bytes) -> Expectations | None:
    """Stored expectations; None for those of a newer version."""
    if msgspec.json.decode(text, type=_Form).form != FORM:
        return None
    found = msgspec.json.decode(text, type=Expectations)
    return found if found.known else None


def listed(expectations: Expectations) -> set[str]:
    """The users whose verdicts are listed: addresses and ids."""
    lists = (each.demand for each in expectations.expected)
    return {key for each in lists if isinstance(each, Listed) for key in each.verdicts}


def absent(expectation: Expectation, there: Container[str]) -> list[str]:
    """The users whom an expectation lists and who are not there, by address or id."""
    demand = expectation.demand
    return [key for key in demand.verdicts if key not in there] if isinstance(demand, Listed) else []


class Segment(NamedTuple):
    """A segment's users: the facts, the verdicts, those of the base (None without one).

    `listed` are the positions of the listed users, by address or id.
    """

    facts: Facts
    verdicts: Verdicts
    base: Verdicts | None
    listed: Mapping[str, int]


class Weighed(NamedTuple):
    """One expectation on a segment: how many are selected, of how many that is unknown.

    `found` are those of the selected who are what is asked for, `against` those who break it if it is broken.
    """

    selected: int
    unknown: int
    found: int
    against: BitMap


def weigh(expectations: Expectations, judge: Judge, segment: Segment) -> list[Weighed]:
    """Each expectation on a segment; `judge` is that of the selectors.

    Without a base nobody has lost or gained anything: whether there should be one is for the caller to say.
    """
    happened = _happened(segment)
    return [
        _share(each.demand, outcome, happened)
        if isinstance(each.demand, Share)
        else _list(each.demand, happened, segment.listed)
        for each, (_, outcome) in zip(expectations.expected, judge.outcomes(segment.facts), strict=True)
    ]


def _happened(segment: Segment) -> dict[str, BitMap]:
    """Whom everything that can be asked for happened to."""
    approved, blocked, errored = segment.verdicts
    found = {"approved": approved, "blocked": blocked, "error": errored}
    changed: Mapping[Change, BitMap] = {}
    if segment.base is not None:
        changed = comparison.changes(comparison.transitions(segment.base, segment.verdicts))
    return found | {word: changed.get(change, BitMap()) for word, change in CHANGES.items()}


def _share(demand: Share, outcome: Outcome, happened: Mapping[str, BitMap]) -> Weighed:
    selected, unknown = outcome
    found = selected & happened[demand.of]
    against = selected - found if demand.least else found
    return Weighed(len(selected), len(unknown), len(found), against)


def _list(demand: Listed, happened: Mapping[str, BitMap], positions: Mapping[str, int]) -> Weighed:
    here = {key: positions[key] for key in demand.verdicts if key in positions}
    against = bitmaps.from_positions(
        position for key, position in here.items() if position not in happened[demand.verdicts[key]]
    )
    selected = bitmaps.from_positions(here.values())
    return Weighed(len(selected), 0, len(selected) - len(against), against)


class Result(NamedTuple):
    """What becomes of an expectation; numbers as of one segment, of all of them.

    `holds` is None where it needs a base and there is none.
    """

    holds: bool | None
    selected: int
    unknown: int
    found: int


def judged(expectation: Expectation, parts: Iterable[Weighed], absent: int = 0) -> Result:
    """Whether an expectation holds, from all segments; `absent` are the listed users who are not there."""
    weighed = list(parts)
    selected, unknown = sum(each.selected for each in weighed), sum(each.unknown for each in weighed)
    found, demand = sum(each.found for each in weighed), expectation.demand
    if isinstance(demand, Share):
        return Result(demand.holds(found, selected), selected, unknown, found)
    return Result(absent == 0 and not any(each.against for each in weighed), selected, unknown, found)
