"""What a run shows to be of no use, and what it does not."""

import pytest

from shared.policy.rules.references import Group
from shared.policy.screening.lint.evidence import Run, shown
from shared.policy.screening.lint.expected import Aim
from shared.policy.screening.lint.expected import shown as shown_of
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


AIM_CASES = [
    (
        *(Code.EXPECTATION_WITHOUT_USERS, Aim("V", 0, 0), ()),
        "Expectation 2, `V`, is about nobody: its rules match no user.",
    ),
    (
        *(Code.EXPECTATION_WITHOUT_USERS, Aim(None, 0, 7), ()),
        "Expectation 2 is about nobody: its rules match no user for certain, and of 7 that is not known.",
    ),
    (
        *(Code.EXPECTED_USER_ABSENT, Aim("VIPs", 1, 0, {1: "b@a.example"}), ("/expectations/1/users/1",)),
        "Expectation 2, `VIPs`, lists `b@a.example`, who is not in the directory.",
    ),
    (
        *(Code.EXPECTED_USER_ABSENT, Aim(None, 0, 0, dict(enumerate("abcdefg")))),
        tuple(f"/expectations/1/users/{number}" for number in range(7)),
        "Expectation 2 lists `a`, `b`, `c`, `d`, `e` and 2 more, who are not in the directory.",
    ),
]


@pytest.mark.parametrize(("code", "aim", "related", "sentence"), AIM_CASES)
def test_a_run_shows_expectations_about_nobody(code, aim, related, sentence):
    (found,) = shown_of([Aim("somebody", 1, 0), aim, Aim("listed", 1, 0, {})])
    assert (found.code, found.place.pointer, found.sentence) == (code, "/expectations/1", sentence)
    assert tuple(each.pointer for each in found.related) == related


def test_every_code_of_a_run_has_a_case():
    assert {each[0] for cases in (RUN_CASES.items(), RULE_CASES, AIM_CASES) for each in cases} == OF_A_RUN
