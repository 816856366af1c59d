"""Reasons in words: whole sentences that name the policy and the rule."""

from uuid import UUID

import pytest
from hypothesis import given

from shared.directory.identity import Geo, Group, Identity, Idp
from shared.policy.plan import Plan
from shared.policy.rules.machine import AnyServiceToken
from shared.policy.rules.people import Email, EmailDomain
from shared.policy.rules.place import Country
from shared.policy.rules.provider import OktaGroup
from shared.policy.rules.references import Group as RuleGroup
from shared.policy.rules.references import IpList
from shared.policy.rules.sight import User
from shared.policy.screening.policy import Criteria, Decision, Policy
from shared.policy.screening.reasons import Code, Reason, placed_rules
from shared.policy.screening.sentences import sentence
from tests.policy.strategies import LOOK_UPS, directories

STAFF = Policy(
    "Staff",
    Decision.ALLOW,
    Criteria(
        (EmailDomain("a.example"), Email("b@b.example")), (Country("RU"),), (OktaGroup("eng", "idp-1"),)
    ),
)
DENIED = Policy("Leavers", Decision.DENY, Criteria((Email("x@a.example"),)))
POLICIES = (DENIED, STAFF)
SENTENCES = {
    Reason(
        "approved", Code.MATCHED, 1, "include", 0
    ): "Let in by policy 2, `Staff`: addresses of `a.example`.",
    Reason("blocked", Code.MATCHED, 0, "include", 0): (
        "Kept out by policy 1, `Leavers`: the address `x@a.example`."
    ),
    Reason("error", Code.UNKNOWN, 1, "exclude", 0): (
        "Cannot be decided: policy 2, `Staff`, excludes the country `RU`, "
        "and the country of the login is not recorded."
    ),
    Reason("blocked", Code.NOT_INCLUDED, 1, "include"): (
        "No policy matches; the nearest is policy 2, `Staff`, "
        "which includes only addresses of `a.example` or the address `b@b.example`."
    ),
    Reason("blocked", Code.NOT_MET, 1, "require", 0): (
        "No policy matches; the nearest is policy 2, `Staff`, "
        "which requires the Okta group `eng` at the identity provider `idp-1`."
    ),
    Reason("blocked", Code.EXCLUDED, 1, "exclude", 0): (
        "No policy matches; the nearest is policy 2, `Staff`, which excludes the country `RU`."
    ),
    Reason("blocked", Code.NO_POLICY): "No policy lets anybody in.",
}


@pytest.mark.parametrize("reason", SENTENCES, ids=lambda reason: f"{reason.status} {reason.code.value}")
def test_a_reason_is_a_sentence(reason):
    assert sentence(reason, POLICIES) == SENTENCES[reason]


def test_every_kind_of_reason_has_one():
    assert {reason.code for reason in SENTENCES} == set(Code)


def test_every_kind_of_rule_has_words():
    for rules in LOOK_UPS:
        for rule in rules:
            assert rule.words()
            assert rule.missing


@given(directories())
def test_every_rule_looks_at_every_user(directory):
    for address, last in directory.values():
        user = User(address, last or Identity(), last is not None)
        for rules in LOOK_UPS:
            for rule in rules:
                rule.seen(user)


def test_what_a_provider_said_comes_with_the_provider():
    login = Identity(idp=Idp("idp-1"), groups=[Group(name="eng"), Group(id="g1")], geo=Geo("DE"))
    user = User("ann@a.example", login, known=True)
    seen = {"identity_provider_id": "idp-1", "said": ["eng"]}
    assert STAFF.criteria.require[0].seen(user) == seen
    assert STAFF.criteria.exclude[0].seen(user) == "DE"
    assert [rule.seen(user) for _, _, rule in placed_rules(DENIED.criteria)] == ["ann@a.example"]


def test_groups_and_lists_are_called_by_their_names_where_these_are_known():
    known, unknown = str(UUID(int=1)), str(UUID(int=2))
    plan = Plan((), names={known: "Offices"})
    assert plan.called(IpList(known).words()) == "networks of the list `Offices`"
    assert plan.called(RuleGroup(unknown).words()) == f"the rule group `{unknown}`"
    assert plan.called("policy 1, `Staff`") == "policy 1, `Staff`"


GERMANY, AUSTRIA, CHAD, CUBA = (Country(code) for code in ("DE", "AT", "TD", "CU"))
WOULD_DO = {
    (): "nobody",
    (GERMANY,): "the country `DE`",
    (GERMANY, AUSTRIA): "the country `DE` or the country `AT`",
    (GERMANY, AUSTRIA, CHAD, CUBA): "the country `DE`, the country `AT`, the country `TD` or 1 more",
    (AnyServiceToken(), CUBA): "any service token, which no person has, or the country `CU`",
}


@pytest.mark.parametrize("rules", WOULD_DO, ids=lambda rules: str(len(rules)))
def test_of_several_rules_any_would_do(rules):
    policies = (Policy("P", Decision.ALLOW, Criteria(rules)),)
    said = sentence(Reason("blocked", Code.NOT_INCLUDED, 0, "include"), policies)
    assert said.endswith(f"which includes only {WOULD_DO[rules]}.")
