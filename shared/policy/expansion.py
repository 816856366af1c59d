"""How large a plan is once every group is opened at each place where it stands. Counted, never made."""

from collections.abc import Iterator, Mapping

from shared.policy.plan import Plan
from shared.policy.rules.kinds import Rule
from shared.policy.rules.references import Group
from shared.policy.screening.policy import Criteria

RULES_LIMIT = 100_000


def rules(plan: Plan) -> int:
    """The rules of an expanded plan: one for each look-up, and for each group what it holds.

    Groups that nest can make this exponential in what was written; each of them is counted once.
    """
    counted: dict[str, int] = {}
    return sum(_size(policy.criteria, plan.groups, counted) for policy in plan.policies)


def opened(plan: Plan, criteria: Criteria) -> Iterator[Rule]:
    """The rules of some criteria, and those of each group that they lead to, each group once."""
    waiting, seen = [criteria], set[str]()
    while waiting:
        each = waiting.pop()
        for rule in (*each.include, *each.exclude, *each.require):
            yield rule
            if isinstance(rule, Group) and rule.id not in seen:
                seen.add(rule.id)
                waiting.append(plan.groups[rule.id])


def _size(criteria: Criteria, groups: Mapping[str, Criteria], counted: dict[str, int]) -> int:
    size = 0
    for rule in (*criteria.include, *criteria.exclude, *criteria.require):
        if not isinstance(rule, Group):
            size += 1
            continue
        if rule.id not in counted:
            counted[rule.id] = _size(groups[rule.id], groups, counted)
        size += counted[rule.id]
    return size
