"""Why a test's users have their verdicts, on the wire. The vendor has nothing of the kind."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct

from shared.directory.identity import Identity
from shared.policy.plan import Plan
from shared.policy.rules.kinds import Rule
from shared.policy.rules.references import Group
from shared.policy.rules.sight import User, Value
from shared.policy.screening.explanation import Explanation, Looked, Met, Weighed
from shared.policy.screening.policy import Policy
from shared.policy.screening.reasons import Coverage, Reason, Where, placed_rules
from shared.policy.screening.sentences import sentence
from shared.policy.screening.standing import Miss, Standing
from shared.wire.cloudflare.policy_tests import PolicyNamed

Outcome = Literal["yes", "no", "unknown"]
OUTCOMES: dict[Standing, Outcome] = {Standing.YES: "yes", Standing.NO: "no", Standing.UNKNOWN: "unknown"}


class ReasonRow(Struct, frozen=True):
    """Users who have their verdict for one reason; `reason` is its kind, `key` tells it from all others.

    `rule` is where the rule stands: a JSON Pointer into what the test was started with.
    """

    key: str
    reason: str
    status: str
    policy: PolicyNamed | None
    rule: str | None
    sentence: str
    count: int


class CoverageRow(Struct, frozen=True):
    """What one rule says of the users: of so many `evaluated` it is `matched` by some, `unknown` of others.

    `decided` are those whose verdict it is the reason of; a rule with none never decided anything.
    """

    rule: str
    policy: PolicyNamed
    words: str
    evaluated: int
    matched: int
    unknown: int
    decided: int


def policy_named(index: int, policies: tuple[Policy, ...]) -> PolicyNamed:
    """A policy as answers name it."""
    return PolicyNamed(index, policies[index].id, policies[index].name)


def to_row(reason: Reason, plan: Plan, count: int) -> ReasonRow:
    """A reason with how many users have it."""
    named = None if reason.policy is None else policy_named(reason.policy, plan.policies)
    words = plan.called(sentence(reason, plan.policies))
    return ReasonRow(reason.key, reason.code.value, reason.status, named, reason.pointer, words, count)


def to_rows(counts: Counter[Reason], plan: Plan) -> list[ReasonRow]:
    """All reasons with how many users have them, the most frequent first."""
    return [to_row(reason, plan, count) for reason, count in counts.most_common()]


def to_coverage(
    plan: Plan, covered: Mapping[Where, Coverage], decided: Mapping[Where, int], evaluated: int
) -> list[CoverageRow]:
    """All rules in the order given."""
    return [
        CoverageRow(
            f"/policies/{index}/{part}/{number}",
            policy_named(index, plan.policies),
            plan.called(rule.words()),
            evaluated,
            *covered.get((index, part, number), Coverage(0, 0)),
            decided.get((index, part, number), 0),
        )
        for index, policy in enumerate(plan.policies)
        for part, number, rule in placed_rules(policy.criteria)
    ]


class RuleShown(Struct, frozen=True, omit_defaults=True):
    """A rule of an explanation: its `kind`, what it wants, what was seen of the user, what that comes to.

    `opened` are the rules of a group, where it first stands.
    """

    kind: str
    words: str
    outcome: Outcome
    wanted: dict[str, Any]
    seen: Value = None
    opened: "CriteriaShown | None" = None


class CriteriaShown(Struct, frozen=True):
    """Rules that match together: any of include, all of require, none of exclude."""

    include: list[RuleShown]
    require: list[RuleShown]
    exclude: list[RuleShown]


class PolicyShown(Struct, frozen=True):
    """A policy of an explanation, with what it comes to."""

    policy: PolicyNamed
    decision: str
    outcome: Outcome
    criteria: CriteriaShown


class MissShown(Struct, frozen=True):
    """The one rule that would make the verdict another, if it said something else."""

    words: str
    outcome: Outcome
    would_be: Outcome
    status: str


class ExplanationShown(Struct, frozen=True):
    """One user's verdict: why, in a sentence; all policies in the order of evaluation; the nearest miss."""

    status: str
    sentence: str
    reason: ReasonRow
    policies: list[PolicyShown]
    nearest_miss: MissShown | None


def to_explanation(reason: Reason, plan: Plan, found: Explanation, user: User | None) -> ExplanationShown:
    """An explanation as it is answered; without the user nothing is shown of what rules see of one."""
    row = to_row(reason, plan, 1)
    showing = _Showing(user, plan)
    policies = [showing.policy(each) for each in found.policies]
    return ExplanationShown(found.status, row.sentence, row, policies, _miss(found.miss, plan))


def to_user(address: str, login: bytes | None) -> User:
    """A user, to look at, from canonical address and identity as JSON."""
    known = None if login is None else msgspec.json.decode(login, type=Identity)
    return User(address, known or Identity(), known is not None)


def _miss(miss: Miss | None, plan: Plan) -> MissShown | None:
    if miss is None:
        return None
    words = plan.called(miss.rule.words())
    return MissShown(words, OUTCOMES[miss.said], OUTCOMES[miss.would_say], miss.status)


class _Showing:
    """One explanation on its way out; it opens each group once."""

    def __init__(self, user: User | None, plan: Plan) -> None:
        self.user = user
        self.plan = plan
        self.opened = set[str]()

    def policy(self, weighed: Weighed) -> PolicyShown:
        decision, met = weighed.policy.decision.value, weighed.met
        named = policy_named(weighed.index, self.plan.policies)
        return PolicyShown(named, decision, OUTCOMES[met.standing], self.criteria(met))

    def criteria(self, met: Met) -> CriteriaShown:
        include, require, exclude = (
            [self.rule(each) for each in part] for part in (met.include, met.require, met.exclude)
        )
        return CriteriaShown(include, require, exclude)

    def rule(self, looked: Looked) -> RuleShown:
        kind, wanted = _wanted(looked.rule)
        seen = None if self.user is None else looked.rule.seen(self.user)
        opened = None
        if isinstance(looked.rule, Group) and looked.opened is not None and looked.rule.id not in self.opened:
            self.opened.add(looked.rule.id)
            opened = self.criteria(looked.opened)
        words = self.plan.called(looked.rule.words())
        return RuleShown(kind, words, OUTCOMES[looked.standing], wanted, seen, opened)


def _wanted(rule: Rule) -> tuple[str, dict[str, Any]]:
    """A rule's kind, and what it asks for."""
    fields: dict[str, Any] = msgspec.to_builtins(rule)
    return fields.pop("type"), fields
