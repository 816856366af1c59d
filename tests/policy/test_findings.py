"""Each kind of finding: policies that have it, and where; and policies that come near and have not."""

import pytest

from shared.policy.plan import Plan
from shared.policy.rules.people import EmailDomain
from shared.policy.rules.references import Group
from shared.policy.screening.lint.catalogue import CATALOGUE
from shared.policy.screening.lint.findings import Code, Level
from shared.policy.screening.lint.linter import FINDINGS_LIMIT, INCOMPLETE, lint
from shared.policy.screening.policy import Policy
from tests.policy.finding_cases import (
    ACME,
    ANN,
    BOB,
    BYPASS,
    CASES,
    DENY,
    EVERYONE,
    GROUPS,
    MFA,
    OF_A_RUN,
    OFFICE,
    plan,
    policy,
)

EACH = [
    pytest.param(code, case, id=f"{code.value} {n}")
    for code, cases in CASES.items()
    for n, case in enumerate(cases)
]


def places(policies: list[Policy], code: Code) -> str:
    return " ".join(each.place.pointer for each in lint(plan(*policies)) if each.code is code)


@pytest.mark.parametrize(("code", "case"), EACH)
def test_policies_that_have_it_are_told_where(code, case):
    found = places(case.has, code)
    assert found == case.where if " " in case.where else case.where in found.split()


@pytest.mark.parametrize(("code", "case"), EACH)
def test_policies_that_come_near_are_left_alone(code, case):
    said = places(case.misses, code).split()
    assert [each for each in said if each.startswith("/policies")] == []


def test_policies_as_they_should_be_have_no_findings():
    clean = Plan(
        (policy(BOB, decision=DENY), policy(Group("staff"), require=(MFA, OFFICE))),
        {"staff": GROUPS["staff"]},
    )
    assert lint(clean) == []


def test_findings_come_in_the_order_of_what_they_are_about():
    found = lint(plan(policy(ACME, ACME), policy(ANN, decision=DENY), policy(EVERYONE, decision=BYPASS)))
    keys = [each.place.whole.pointer for each in found]
    assert keys == sorted(keys, key=["/policies/0", "/policies/1", "/policies/2", "/groups/nobody"].index)


def test_a_finding_says_what_it_is_about_and_points_to_it():
    (found,) = [
        each for each in lint(plan(policy(ANN, BOB, require=(ACME,)))) if each.code is Code.INCLUDE_NOT_MET
    ]
    assert found.sentence == (
        "Policy 1, `p`, includes the address `bob@b.example`, which lets nobody through: "
        "it also requires addresses of `acme.example`."
    )
    assert [each.pointer for each in found.related] == ["/policies/0/require/0"]


def test_what_takes_too_long_or_is_too_much_is_said_to_be_left_out():
    domains = tuple(EmailDomain(f"d{number}.example") for number in range(100))
    assert INCOMPLETE in lint(plan(policy(*domains), policy(*domains)), 50)
    assert INCOMPLETE not in lint(plan(policy(*domains), policy(*domains)))
    many = lint(plan(policy(*FINDINGS_LIMIT * 2 * (ACME,))))
    assert (len(many), INCOMPLETE in many) == (FINDINGS_LIMIT, True)


def test_every_code_has_a_case_and_advice():
    assert {*CASES, *OF_A_RUN, Code.INCOMPLETE} == set(Code)
    assert set(CATALOGUE) == set(Code)
    assert {each.level for each in CATALOGUE.values()} == set(Level)
