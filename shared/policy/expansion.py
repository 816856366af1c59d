"""How large a plan is once every group is opened at each place where it stands. Counted, never made."""

from collections.abc import Mapping

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


def leading_to(plan: Plan, kinds: tuple[type[Rule], ...]) -> frozenset[str]:
    """The groups that hold a rule of some kinds, or lead to one that does."""
    known: dict[str, bool] = {}
    return frozenset(group for group in plan.groups if _leads(group, plan.groups, kinds, known))


def _leads(
    group: str, groups: Mapping[str, Criteria], kinds: tuple[type[Rule], ...], known: dict[str, bool]
) -> bool:
    if group not in known:
        criteria = groups[group]
        rules = (*criteria.include, *criteria.exclude, *criteria.require)
        known[group] = any(isinstance(rule, kinds) for rule in rules) or any(
            _leads(rule.id, groups, kinds, known) for rule in rules if isinstance(rule, Group)
        )
    return known[group]


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
