"""The engine and the reference evaluator say the same of every user.

More examples: `HYPOTHESIS_EXAMPLES=100000 python -m pytest tests/policy/test_agreement.py --timeout 0`, from
other beginnings with `--hypothesis-seed N`.
"""

import os

import pytest
from hypothesis import given, settings

from tests.policy import engine
from tests.policy.reference import verdict
from tests.policy.strategies import LOOK_UPS, directories, plans

# What everything rests on gets the most: 2,000 examples in CI.
EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", 4 * settings().max_examples))


@pytest.mark.timeout(900)  # 2,000 examples take a minute or two
@settings(max_examples=EXAMPLES)
@given(plans(), directories())
def test_both_evaluators_say_the_same_of_every_user(plan, directory):
    expected = {ordinal: verdict(plan, *user) for ordinal, user in directory.items()}
    assert engine.verdicts(plan, directory) == expected


@settings(max_examples=max(40, EXAMPLES // 20))
@given(plans())
def test_a_plan_survives_json(plan):
    assert engine.passed_on(plan) == plan


def test_the_strategies_know_every_kind_of_rule():
    kinds = {type(rule) for rules in LOOK_UPS for rule in rules}
    assert len(kinds) == 25  # and `group`, which stands for criteria
