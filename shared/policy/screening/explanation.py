"""One user's verdict taken apart: what each policy, each rule and each group says, and what would change it.

Everything follows from what the look-ups say of the user, so that it cannot disagree with the verdict.
"""

from collections.abc import Iterable

from msgspec import Struct

from shared.policy.plan import Plan
from shared.policy.rules.kinds import Rule
from shared.policy.rules.references import Group
from shared.policy.screening.judge import Seen
from shared.policy.screening.nearest import Nearest
from shared.policy.screening.policy import Criteria, Policy, in_order
from shared.policy.screening.reasons import Status
from shared.policy.screening.standing import STATUS, Leaves, Miss, Standing, decided, effect, look_ups


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


class Explainer:
    """A plan that many users' verdicts may be explained of."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._ordered = in_order(plan.policies)
        self._nearest = Nearest(plan)

    def explain(self, known: Leaves, first: Iterable[Rule] = ()) -> Explanation:
        """A user's verdict from what the look-ups say; rules to be tried `first` for the nearest miss."""
        user = _User(self._plan, known)
        weighed = tuple(Weighed(index, policy, user.met(policy.criteria)) for index, policy in self._ordered)
        verdict = decided((effect(each.policy), each.met.standing) for each in reversed(weighed))
        return Explanation(STATUS[verdict], weighed, self._nearest.miss(known, first))


class _User:
    """One user before a plan."""

    def __init__(self, plan: Plan, known: Leaves) -> None:
        self.plan = plan
        self.known = known
        self._groups: dict[str, Met] = {}

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
