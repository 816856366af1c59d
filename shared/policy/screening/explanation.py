"""One user's verdict taken apart: what each policy, each rule and each group says, and what would change it.

Everything follows from what the look-ups say of the user, so that it cannot disagree with the verdict.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from enum import IntEnum

from msgspec import Struct

from shared.policy.plan import Plan
from shared.policy.rules.kinds import MachineRule, Rule
from shared.policy.rules.people import Everyone
from shared.policy.rules.references import Group
from shared.policy.screening.judge import Seen
from shared.policy.screening.policy import Criteria, Policy, in_order
from shared.policy.screening.reasons import Status, placed_rules


class Standing(IntEnum):
    """What is so of one user: in this order the least of some is `all`, the greatest `any`."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    @property
    def negated(self) -> "Standing":
        """The opposite; of unknown, unknown."""
        return Standing(Standing.YES - self)


MISS_RULES = 1000
"""So many rules are tried for the nearest miss: people look no further, and more would take too long."""
Leaves = Mapping[Rule, Standing]
"""What each look-up of a plan says of one user."""
APPROVED, BLOCKED, ERROR = Standing.YES, Standing.NO, Standing.UNKNOWN
STATUS: dict[Standing, Status] = {APPROVED: "approved", BLOCKED: "blocked", ERROR: "error"}


class Looked(Struct, frozen=True):
    """A rule, what it says, and of a group how it comes to that."""

    rule: Rule
    standing: Standing
    opened: "Met | None" = None


class Met(Struct, frozen=True):
    """Criteria: what they say, and each of their rules."""

    standing: Standing
    include: tuple[Looked, ...]
    require: tuple[Looked, ...]
    exclude: tuple[Looked, ...]


class Weighed(Struct, frozen=True):
    """A policy; `index` counts from 0 in the list as it was given."""

    index: int
    policy: Policy
    met: Met


class Miss(Struct, frozen=True):
    """The one thing that would make the verdict another: a rule that said something else."""

    rule: Rule
    said: Standing
    would_say: Standing
    status: Status


class Explanation(Struct, frozen=True):
    """A verdict, all policies in the order of evaluation, and the nearest miss if one rule could do it."""

    status: Status
    policies: tuple[Weighed, ...]
    miss: Miss | None


def leaves(seen: Seen, position: int) -> dict[Rule, Standing]:
    """What each look-up says of the user at a position of a segment."""
    found = dict[Rule, Standing]()
    for rule in look_ups(seen.judge.plan):
        matched, unknown = seen.rule(rule)
        found[rule] = (
            Standing.YES if position in matched else Standing.UNKNOWN if position in unknown else Standing.NO
        )
    return found


def look_ups(plan: Plan) -> Iterator[Rule]:
    """The rules of a plan that are no groups, in the order of evaluation, groups opened; each once."""
    met = set[Rule]()
    for _, policy in in_order(plan.policies):
        yield from _look_ups(plan, policy.criteria, met)


def _look_ups(plan: Plan, criteria: Criteria, met: set[Rule]) -> Iterator[Rule]:
    for _, _, rule in placed_rules(criteria):
        if rule in met:
            continue
        met.add(rule)
        if isinstance(rule, Group):
            yield from _look_ups(plan, plan.groups[rule.id], met)
        else:
            yield rule


def explain(plan: Plan, known: Leaves, first: Iterable[Rule] = ()) -> Explanation:
    """A user's verdict from what the look-ups say; rules to be tried `first` for the nearest miss."""
    user = _User(plan, dict(known))
    standings = [met.standing for _, _, met in user.weighed()]
    weighed = tuple(Weighed(*each) for each in user.weighed())
    return Explanation(STATUS[user.verdict(standings)], weighed, user.miss(standings, first))


class _User:
    """One user before a plan."""

    def __init__(self, plan: Plan, known: MutableMapping[Rule, Standing]) -> None:
        self.plan = plan
        self.known = known
        self.ordered = in_order(plan.policies)
        self._groups: dict[str, Met] = {}

    def weighed(self) -> list[tuple[int, Policy, Met]]:
        return [(index, policy, self.met(policy.criteria)) for index, policy in self.ordered]

    def looked(self, rule: Rule) -> Looked:
        if not isinstance(rule, Group):
            return Looked(rule, self.known[rule])
        if rule.id not in self._groups:
            self._groups[rule.id] = self.met(self.plan.groups[rule.id])
        opened = self._groups[rule.id]
        return Looked(rule, opened.standing, opened)

    def met(self, criteria: Criteria) -> Met:
        include, require, exclude = (
            tuple(map(self.looked, rules)) for rules in (criteria.include, criteria.require, criteria.exclude)
        )
        included = max((each.standing for each in include), default=Standing.NO)
        required = min((each.standing for each in require), default=Standing.YES)
        excluded = max((each.standing for each in exclude), default=Standing.NO)
        return Met(min(included, required, excluded.negated), include, require, exclude)

    def verdict(self, standings: list[Standing]) -> Standing:
        """From the last policy to the first, as verdicts of a whole segment are."""
        verdict = BLOCKED
        for (_, policy), standing in zip(reversed(self.ordered), reversed(standings), strict=True):
            effect = APPROVED if policy.decision.approves else BLOCKED
            if standing is Standing.YES:
                verdict = effect
            elif standing is Standing.UNKNOWN and verdict is not effect:
                verdict = ERROR
        return verdict

    def miss(self, standings: list[Standing], first: Iterable[Rule]) -> Miss | None:
        """The first rule that alone would turn approved and blocked around, or decide what is open."""
        verdict, places = self.verdict(standings), self._places()
        wanted = (APPROVED, BLOCKED) if verdict is ERROR else (verdict.negated,)
        known = [rule for rule in dict.fromkeys((*first, *places)) if can_change(rule) and rule in places]
        tried = known[:MISS_RULES]
        for goal in wanted:
            for rule in tried:
                for said in Standing:
                    if said is not self.known[rule] and self._if(rule, said, places, standings) is goal:
                        return Miss(rule, self.known[rule], said, STATUS[goal])
        return None

    def _if(
        self, rule: Rule, said: Standing, places: Mapping[Rule, set[int]], standings: list[Standing]
    ) -> Standing:
        """The verdict if a rule said something else."""
        other = _User(self.plan, ChainMap({rule: said}, self.known))
        return self.verdict(
            [
                other.met(policy.criteria).standing if index in places[rule] else standing
                for (index, policy), standing in zip(self.ordered, standings, strict=True)
            ]
        )

    def _places(self) -> dict[Rule, set[int]]:
        """By look-up, in the order of evaluation, the policies that it stands in, or in a group of theirs."""
        found: dict[Rule, set[int]] = {}
        for index, policy in self.ordered:
            for rule in _look_ups(self.plan, policy.criteria, set()):
                found.setdefault(rule, set()).add(index)
        return found


def can_change(rule: Rule) -> bool:
    """Whether the rule could say something else of a person at all."""
    return not isinstance(rule, Everyone | MachineRule)
