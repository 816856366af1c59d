import pytest
from hypothesis import given

from shared.policy import expansion
from shared.policy.plan import Plan
from shared.policy.rules.people import Everyone
from shared.policy.rules.references import Group
from shared.policy.screening.policy import Criteria, Decision, Policy
from tests.policy.strategies import plans


def opened(plan, criteria):
    """The rules of criteria with every group opened where it stands, one after the other."""
    for rule in (*criteria.include, *criteria.exclude, *criteria.require):
        if isinstance(rule, Group):
            yield from opened(plan, plan.groups[rule.id])
        else:
            yield rule


@given(plans())
def test_the_size_is_that_of_the_opened_plan(plan):
    written_out = [rule for policy in plan.policies for rule in opened(plan, policy.criteria)]
    assert expansion.rules(plan) == len(written_out)


def naming(*groups, times=1):
    return Criteria(tuple(Group(group) for group in groups) * times)


@pytest.mark.parametrize(("width", "depth"), [(1, 32), (2, 16), (10, 31), (1000, 31)])
def test_groups_that_multiply_are_counted_without_opening_them(width, depth):
    groups = {"0": Criteria((Everyone(),))}
    groups |= {str(level): naming(str(level - 1), times=width) for level in range(1, depth + 1)}
    policy = Policy("p", Decision.ALLOW, naming(str(depth)))
    assert expansion.rules(Plan((policy, policy), groups)) == 2 * width**depth


def test_a_group_that_nobody_names_does_not_count():
    policy = Policy("p", Decision.ALLOW, Criteria((Everyone(),), (Everyone(),), (Everyone(),)))
    assert expansion.rules(Plan((policy,), {"g": Criteria((Everyone(),) * 9)})) == 3
