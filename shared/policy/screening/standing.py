"""What is so of one user: of each look-up of a plan, and in the end."""

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum

from msgspec import Struct

from shared.policy.plan import Plan
from shared.policy.rules.kinds import Rule
from shared.policy.rules.references import Group
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


Leaves = Mapping[Rule, Standing]
"""What each look-up of a plan says of one user."""
APPROVED, BLOCKED, ERROR = Standing.YES, Standing.NO, Standing.UNKNOWN
STATUS: dict[int, Status] = {APPROVED: "approved", BLOCKED: "blocked", ERROR: "error"}


def decided(standings: Iterable[tuple[int, int]]) -> int:
    """The verdict from each policy's effect and what is so of it, the last policy first.

    As verdicts of a whole segment are: the first match decides, an open one unless what follows comes to the
    same.
    """
    verdict: int = BLOCKED
    for effect, standing in standings:
        if standing == Standing.YES:
            verdict = effect
        elif standing == Standing.UNKNOWN and verdict != effect:
            verdict = ERROR
    return verdict


def effect(policy: Policy) -> Standing:
    """The verdict of those whom a policy decides."""
    return APPROVED if policy.decision.approves else BLOCKED


class Miss(Struct, frozen=True):
    """The one thing that would make the verdict another: a rule that said something else."""

    rule: Rule
    said: Standing
    would_say: Standing
    status: Status


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
