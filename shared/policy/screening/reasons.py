"""Why a verdict is what it is: every user of a segment has one reason, the rule or the lack that decided.

A match has decided, a fact that nobody recorded has left it open, or no policy matched; then the reason is
what failed at the nearest policy that would have let the user in. All of it is sets, as verdicts are.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Literal, NamedTuple

from pyroaring import BitMap

from shared.policy.facts import Facts
from shared.policy.outcome import Outcome, any_of
from shared.policy.rules.kinds import Rule
from shared.policy.screening.judge import Judge, Seen, decide
from shared.policy.screening.policy import Criteria, Decision, Policy

Status = Literal["approved", "blocked", "error"]
Part = Literal["include", "require", "exclude"]


class Code(Enum):
    """Kinds of reasons, by the word that answers have for them."""

    MATCHED = "matched"
    """A policy matched by this rule of its `include`, the first that did."""
    UNKNOWN = "unknown"
    """Whether a policy matches hangs on this rule, and what it reads is not recorded."""
    NOT_INCLUDED = "not_included"
    """No policy matched; no rule of the nearest one's `include` does."""
    NOT_MET = "not_met"
    """No policy matched; this rule of the nearest one's `require` does not."""
    EXCLUDED = "excluded"
    """No policy matched; this rule of the nearest one's `exclude` does."""
    NO_POLICY = "no_policy"
    """No policy lets anybody in."""


class Reason(NamedTuple):
    """A reason; `policy` counts from 0 in the list as it was given, `rule` in the `part` of its criteria."""

    status: Status
    code: Code
    policy: int | None = None
    part: Part | None = None
    rule: int | None = None

    @property
    def key(self) -> str:
        """What tells it from the other reasons of a test."""
        return self.code.value if self.policy is None else f"{self.code.value}:{self.pointer}"

    @property
    def pointer(self) -> str | None:
        """Where the rule stands, as a JSON Pointer into the test's source."""
        steps = ("policies", self.policy, self.part, self.rule)
        return None if self.policy is None else "".join(f"/{step}" for step in steps if step is not None)

    @property
    def where(self) -> "Where | None":
        """The rule's place; None where no one rule is it."""
        if self.policy is None or self.part is None or self.rule is None:
            return None
        return self.policy, self.part, self.rule

    def rules(self, policies: Sequence[Policy]) -> tuple[Rule, ...]:
        """The rules that it speaks of, by the policies in the order given."""
        if self.policy is None or self.part is None:
            return ()
        part: tuple[Rule, ...] = getattr(policies[self.policy].criteria, self.part)
        return part if self.rule is None else (part[self.rule],)


class _Placed(NamedTuple):
    """A policy on a segment: its place in the list as given, what it does, whom it matches."""

    place: int
    decision: Decision
    criteria: Criteria
    outcome: Outcome


Found = Iterator[tuple[Reason, BitMap]]


def partition(judge: Judge, facts: Facts) -> dict[Reason, BitMap]:
    """The live users of a segment by reason: disjoint sets, none empty, in the order of evaluation."""
    seen = Seen(judge, facts)
    placed = [
        _Placed(place, policy.decision, policy.criteria, seen.criteria(policy.criteria))
        for place, policy in judge.numbered
    ]
    found: dict[Reason, BitMap] = {}
    for reason, positions in _reasons(seen, placed, facts.live):
        if positions:
            found[reason] = found[reason] | positions if reason in found else positions
    return found


def _reasons(seen: Seen, placed: list[_Placed], live: BitMap) -> Found:
    _, blocked, errored = decide([(each.decision, each.outcome) for each in placed], live)
    rest, settled = live, {True: BitMap(), False: BitMap()}
    for each in placed:
        certain = each.outcome.matched & rest
        settled[each.decision.approves] |= certain & errored
        yield from _matched(seen, each, certain - errored)
        rest = rest - certain
    yield from _open(seen, placed, errored, errored - settled[True])
    yield from _nearest(seen, [each for each in placed if each.decision.approves], rest & blocked)


def _matched(seen: Seen, each: _Placed, positions: BitMap) -> Found:
    """A policy that decided: by the first rule of its include that matches."""
    status: Status = "approved" if each.decision.approves else "blocked"
    for number, rule in enumerate(each.criteria.include):
        if not positions:
            return
        by_this = positions & seen.rule(rule).matched
        yield Reason(status, Code.MATCHED, each.place, "include", number), by_this
        positions = positions - by_this


def _open(seen: Seen, placed: list[_Placed], errored: BitMap, blocked: BitMap) -> Found:
    """Users of whom it cannot be said: the first policy that would make the verdict another, if it matched.

    `blocked` are those who would not get in if nothing matched that is unknown.
    """
    rest = errored
    for each in placed:
        if not rest:
            return
        matters = each.outcome.unknown & rest & (blocked if each.decision.approves else errored - blocked)
        yield from _unknown(seen, each, matters)
        rest = rest - matters - each.outcome.matched


def _unknown(seen: Seen, each: _Placed, positions: BitMap) -> Found:
    """The rule that leaves a policy open: of include if that is, else of require, else of exclude."""
    criteria = each.criteria
    included = any_of(seen.rules(criteria.include)).matched
    for part, rules, open_here in (
        ("include", criteria.include, positions - included),
        ("require", criteria.require, positions),
        ("exclude", criteria.exclude, positions),
    ):
        for number, rule in enumerate(rules):
            by_this = open_here & positions & seen.rule(rule).unknown
            yield Reason("error", Code.UNKNOWN, each.place, part, number), by_this  # type: ignore[arg-type]  # literals above
            positions = positions - by_this


class _Failure(NamedTuple):
    """Whom one thing keeps out of a policy, for certain."""

    reason: Reason
    positions: BitMap


def _nearest(seen: Seen, approving: list[_Placed], positions: BitMap) -> Found:
    """Users whom no policy matches: the first that only one thing keeps out of, else the first."""
    if not approving:
        yield Reason("blocked", Code.NO_POLICY), positions
    failures = [list(_failures(seen, each, positions)) for each in approving] if positions else []
    for of_policy in failures:
        many = _twice(each.positions for each in of_policy)
        for reason, failed in of_policy:
            by_this = (failed & positions) - many
            yield reason, by_this
            positions = positions - by_this
    for of_policy in failures:
        for reason, failed in of_policy:
            by_this = failed & positions
            yield reason, by_this
            positions = positions - by_this


def _failures(seen: Seen, each: _Placed, positions: BitMap) -> Iterator[_Failure]:
    criteria, place = each.criteria, each.place
    included = any_of(seen.rules(criteria.include))
    reason = Reason("blocked", Code.NOT_INCLUDED, place, "include")
    yield _Failure(reason, positions - included.matched - included.unknown)
    for number, rule in enumerate(criteria.exclude):
        reason = Reason("blocked", Code.EXCLUDED, place, "exclude", number)
        yield _Failure(reason, positions & seen.rule(rule).matched)
    for number, rule in enumerate(criteria.require):
        matched, unknown = seen.rule(rule)
        reason = Reason("blocked", Code.NOT_MET, place, "require", number)
        yield _Failure(reason, positions - matched - unknown)


def _twice(sets: Iterable[BitMap]) -> BitMap:
    """Whoever is in more than one of some sets."""
    once, more = BitMap(), BitMap()
    for each in sets:
        more |= once & each
        once |= each
    return more


class Coverage(NamedTuple):
    """Of one rule on a segment: how many it matches, of how many it is unknown."""

    matched: int
    unknown: int


Where = tuple[int, Part, int]
"""A rule's place: its policy, the part of the criteria, its number there; each from 0."""


def coverage(judge: Judge, facts: Facts) -> dict[Where, Coverage]:
    """What each rule of each policy says of a segment's users, whether or not it decided anything."""
    seen = Seen(judge, facts)
    return {
        (index, part, number): Coverage(*map(len, seen.rule(rule)))
        for index, policy in judge.numbered
        for part, number, rule in placed_rules(policy.criteria)
    }


def placed_rules(criteria: Criteria) -> Iterator[tuple[Part, int, Rule]]:
    """The rules of criteria with where they stand."""
    for number, rule in enumerate(criteria.include):
        yield "include", number, rule
    for number, rule in enumerate(criteria.require):
        yield "require", number, rule
    for number, rule in enumerate(criteria.exclude):
        yield "exclude", number, rule
