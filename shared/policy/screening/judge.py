"""From a plan and the facts about a segment to a verdict for each of its users."""

from collections.abc import Iterable

from pyroaring import BitMap

from shared.policy.expression import Expression
from shared.policy.facts import Facts
from shared.policy.outcome import Outcome, all_of, any_of, both, negated
from shared.policy.plan import Plan
from shared.policy.rules.kinds import Rule
from shared.policy.rules.references import Group
from shared.policy.screening.policy import Criteria, Decision, in_order
from shared.policy.verdicts import Verdicts


class Judge:
    """A plan, made ready to be applied to one segment after another."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.numbered = in_order(plan.policies)
        self._expressions: dict[Rule, Expression] = {}

    def verdicts(self, facts: Facts) -> Verdicts:
        """The verdict for each live user of a segment."""
        return decide(self.outcomes(facts), facts.live)

    def outcomes(self, facts: Facts) -> list[tuple[Decision, Outcome]]:
        """Whom each policy matches, with what it does with them, in the order of evaluation."""
        seen = Seen(self, facts)
        return [(policy.decision, seen.criteria(policy.criteria)) for _, policy in self.numbered]

    def expression(self, rule: Rule) -> Expression:
        """What a rule means, made once."""
        if rule not in self._expressions:
            self._expressions[rule] = self.plan.expression(rule)
        return self._expressions[rule]


class Seen:
    """A plan on one segment; a rule that stands in several places is looked up once."""

    def __init__(self, judge: Judge, facts: Facts) -> None:
        self.judge = judge
        self.facts = facts
        self._outcomes: dict[Rule, Outcome] = {}

    def rule(self, rule: Rule) -> Outcome:
        """Whom a rule matches."""
        if rule not in self._outcomes:
            self._outcomes[rule] = (
                self.criteria(self.judge.plan.groups[rule.id])
                if isinstance(rule, Group)
                else self.facts.outcome(self.judge.expression(rule))
            )
        return self._outcomes[rule]

    def rules(self, rules: Iterable[Rule]) -> list[Outcome]:
        """Whom each of some rules matches."""
        return [self.rule(rule) for rule in rules]

    def criteria(self, criteria: Criteria) -> Outcome:
        """Whom criteria match."""
        included = any_of(self.rules(criteria.include))
        excluded = any_of(self.rules(criteria.exclude))
        required = all_of(self.rules(criteria.require), self.facts.live)
        return both(both(included, required), negated(excluded, self.facts.live))


def decide(ordered: list[tuple[Decision, Outcome]], live: BitMap) -> Verdicts:
    """The first match decides; whom none matches is blocked.

    Folded from the last policy to the first: where a match is unknown, the verdict stands if matching would
    come to the same as going on, and is an error otherwise.
    """
    approved, blocked = BitMap(), BitMap(live)
    for decision, (matched, unknown) in reversed(ordered):
        if decision.approves:
            blocked -= matched | unknown
            approved |= matched
        else:
            approved -= matched | unknown
            blocked |= matched
    return Verdicts(approved, blocked, live - approved - blocked)
