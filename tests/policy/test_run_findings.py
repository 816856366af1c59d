"""What a run shows to be of no use, and what it does not."""

import pytest

from shared.policy.rules.references import Group
from shared.policy.screening.lint.evidence import Run, shown
from shared.policy.screening.lint.findings import Code
from shared.policy.screening.reasons import Code as Why
from shared.policy.screening.reasons import Coverage, Reason
from tests.policy.finding_cases import ACME, BOB, ENG, LAST, OF_A_RUN, US, plan, policy

USERS = 10
MATCHED = Reason("approved", Why.MATCHED, 0, "include", 0)
SECOND = Reason("approved", Why.MATCHED, 1, "include", 0)
MISSED = Reason("blocked", Why.NOT_INCLUDED, 0, "include")
OPEN = Reason("error", Why.UNKNOWN, 0, "include", 0)
RUN_CASES = {
    Code.RUN_APPROVED_NOBODY: ("/policies", [LAST], {MISSED: 9, OPEN: 1}, {MATCHED: 1, MISSED: 9}),
    Code.POLICY_NOT_REACHED: ("/policies/1", [LAST, policy(BOB)], {MATCHED: 10}, {MATCHED: 9, SECOND: 1}),
    Code.POLICY_DECIDED_NOBODY: (
        "/policies/1",
        [LAST, policy(BOB)],
        {MATCHED: 9, MISSED: 1},
        {MATCHED: 9, SECOND: 1},
    ),
    Code.RULE_DECIDED_NOBODY: (
        "/policies/0/include/1",
        [policy(ACME, US)],
        {MATCHED: 10},
        {MATCHED: 9, MATCHED._replace(rule=1): 1},
    ),
}
COVERED = {
    (0, "include", 0): Coverage(9, 0),
    (0, "include", 1): Coverage(2, 0),
    (1, "include", 0): Coverage(1, 0),
}
COVERED |= {(0, "require", 0): Coverage(9, 1)}


@pytest.mark.parametrize("code", RUN_CASES)
def test_a_run_shows_what_was_of_no_use(code):
    where, policies, has, misses = RUN_CASES[code]
    for reasons, expected in ((has, [where]), (misses, [])):
        found = shown(plan(*policies), Run(USERS, COVERED, reasons), [])
        assert [each.place.pointer for each in found if each.code is code] == expected


RULE_CASES = [
    (Code.RULE_MATCHED_NOBODY, US, Coverage(0, 0), Coverage(0, 1)),
    (Code.GROUP_WITHOUT_USERS, ENG, Coverage(0, 0), Coverage(1, 0)),
    (Code.GROUP_WITHOUT_USERS, Group("staff"), Coverage(0, 0), Coverage(0, 2)),
    (Code.FACT_NOT_RECORDED, ENG, Coverage(0, USERS), Coverage(0, USERS - 1)),
]


@pytest.mark.parametrize(("code", "rule", "has", "misses"), RULE_CASES)
def test_a_run_shows_rules_about_nobody_who_is_there(code, rule, has, misses):
    policies = plan(policy(ACME, exclude=(rule,)))
    for said, expected in ((has, ["/policies/0/exclude/0"]), (misses, [])):
        covered = {(0, "include", 0): Coverage(9, 0), (0, "exclude", 0): said}
        found = shown(policies, Run(USERS, covered, {MATCHED: 9, MISSED: 1}), [])
        assert [each.place.pointer for each in found if each.code is code] == expected


def test_a_run_of_nobody_shows_nothing():
    assert shown(plan(LAST), Run(0, {}, {}), []) == []


def test_every_code_of_a_run_has_a_case():
    assert {*RUN_CASES, *(code for code, *_ in RULE_CASES)} == OF_A_RUN
