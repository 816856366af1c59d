"""What is claimed of two rules is so of every user, and what anybody would see is claimed."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.policy.plan import Plan
from shared.policy.rules import device, login, machine, people, place, provider, references
from shared.policy.screening.lint.proof import Exhausted, Proof
from shared.policy.screening.policy import Criteria
from tests.policy.findings import CLOSE, person, plans
from tests.policy.strategies import ADDRESSES, COMMON_NAMES, IDENTITIES, LOOK_UPS, METHODS
from tests.policy.strategies import plans as any_plans

ORDER = {False: 0, None: 1, True: 2}
MANY = settings(max_examples=max(150, settings().max_examples))
PEOPLE = st.lists(st.tuples(st.sampled_from(ADDRESSES), IDENTITIES), min_size=5, max_size=20)
LEVELS = [login.RiskScore(levels) for levels in product(["low", "HIGH", "high"], ["low", "unscored"])]
RELATED = [*CLOSE, *LEVELS, *map(login.AuthMethod, METHODS), *map(device.CommonName, COMMON_NAMES)]


@MANY
@given(plans() | any_plans(), st.sampled_from([RELATED, *LOOK_UPS]), st.randoms(), PEOPLE)
def test_what_is_claimed_of_two_rules_is_so_of_every_user(plan, rules, source, users):
    some = [*source.sample(rules, min(25, len(rules))), *map(references.Group, plan.groups)]
    proof = Proof(plan)
    people = [person(plan, *user) for user in users]
    said = [[ORDER[who.fits(rule)] for who in people] for rule in some]
    for first, ones in zip(some, said, strict=True):
        assert not proof.never(first) or max(ones) < ORDER[True]
        for second, others in zip(some, said, strict=True):
            pairs = list(zip(ones, others, strict=True))
            assert not proof.below(first, second) or all(one <= other for one, other in pairs)
            assert not proof.apart(first, second) or all(one + other <= ORDER[True] for one, other in pairs)


PLAN = Plan(
    (),
    {
        "eng": Criteria((provider.OktaGroup("eng", "idp-1"), provider.OktaGroup("ops", "idp-1"))),
        "eng here": Criteria((references.Group("eng"),), require=(place.Country("DE"),)),
        "not ours": Criteria((people.Everyone(),), (people.EmailDomain("a.example"),)),
        "nobody": Criteria((people.Email("u1@a.example"),), (people.EmailDomain("a.example"),)),
    },
    {
        "none": (),
        "two": ("u1@a.example", "u2@a.example"),
        "three": ("u1@a.example", "u2@a.example", "x@b.example"),
    },
    {"none": (), "office": ("203.0.113.0/24", "2001:db8::/32"), "home": ("198.51.100.0/24",)},
)
EVERYONE, ACME = people.Everyone(), people.EmailDomain("a.example")
ENG = provider.OktaGroup("eng", "idp-1")
BELOW = {
    "anything and everyone": (ENG, EVERYONE),
    "address and domain": (people.Email("u1@a.example"), ACME),
    "address and list": (people.Email("u1@a.example"), references.EmailList("two")),
    "list and longer list": (references.EmailList("two"), references.EmailList("three")),
    "list and domain": (references.EmailList("two"), ACME),
    "empty list and anything": (references.EmailList("none"), ENG),
    "network and wider one": (place.Ip("203.0.113.0/25"), place.Ip("203.0.113.0/24")),
    "address and network": (place.Ip("2001:db8::1"), place.Ip("2001:db8::/32")),
    "mapped and plain": (place.Ip("::ffff:10.0.0.1"), place.Ip("10.0.0.0/8")),
    "network and list": (place.Ip("203.0.113.7"), references.IpList("office")),
    "group of a provider and its logins": (ENG, login.LoginMethod("IDP-1")),
    "claim of a provider and its logins": (provider.Saml("a", "b", "idp-1"), login.LoginMethod("idp-1")),
    "team and organization": (
        provider.GithubOrganization("acme", "core", "idp-1"),
        provider.GithubOrganization("acme", None, "idp-1"),
    ),
    "fewer levels": (login.RiskScore(("low",)), login.RiskScore(("medium", "LOW"))),
    "token and any": (machine.ServiceToken("t"), machine.AnyServiceToken()),
    "provider in other letters": (login.LoginMethod("idp-1"), login.LoginMethod("Idp-1")),
    "member and group": (ENG, references.Group("eng")),
    "group and what it requires": (references.Group("eng here"), place.Country("DE")),
    "group and group in it": (references.Group("eng here"), references.Group("eng")),
    "stranger and group of strangers": (people.Email("x@b.example"), references.Group("not ours")),
}
APART = {
    "two addresses": (people.Email("u1@a.example"), people.Email("u2@a.example")),
    "two domains": (ACME, people.EmailDomain("sub.a.example")),
    "address and other domain": (people.Email("x@b.example"), ACME),
    "list and address beside it": (references.EmailList("two"), people.Email("x@b.example")),
    "two countries": (place.Country("DE"), place.Country("US")),
    "two networks": (place.Ip("10.0.0.0/25"), place.Ip("10.0.0.128/25")),
    "two families": (place.Ip("0.0.0.0/0"), place.Ip("::/0")),
    "two lists": (references.IpList("office"), references.IpList("home")),
    "two providers": (ENG, login.LoginMethod("idp-2")),
    "groups of two providers": (ENG, provider.OktaGroup("eng", "idp-2")),
    "two levels": (login.RiskScore(("low",)), login.RiskScore(("high", "medium"))),
    "two certificates": (device.CommonName("a"), device.CommonName("b")),
    "empty list and anything": (references.IpList("none"), ENG),
    "group and another country": (references.Group("eng here"), place.Country("US")),
    "group and whom it excludes": (references.Group("not ours"), people.Email("u1@a.example")),
}
NEITHER = {
    "two groups of one provider": (ENG, provider.OktaGroup("ops", "idp-1")),
    "domain and address in it": (ACME, people.Email("u1@a.example")),
    "organization and team": (
        provider.GithubOrganization("acme", None, "idp-1"),
        provider.GithubOrganization("acme", "core", "idp-1"),
    ),
    "networks that overlap": (references.IpList("office"), place.Ip("203.0.113.0/25")),
    "two claims of one name": (provider.Oidc("a", "b", "idp-1"), provider.Oidc("a", "c", "idp-1")),
    "two methods": (login.AuthMethod("mfa"), login.AuthMethod("pwd")),
    "group and member": (references.Group("eng"), ENG),
    "everyone and all addresses": (EVERYONE, place.Ip("0.0.0.0/0")),
    "names in other letters": (ENG, provider.OktaGroup("Eng", "idp-1")),
}


@pytest.mark.parametrize("what", BELOW)
def test_one_lies_in_the_other(what):
    first, second = BELOW[what]
    assert Proof(PLAN).below(first, second)
    assert Proof(PLAN).below(first, first)


@pytest.mark.parametrize("what", APART)
def test_they_are_apart_either_way_round(what):
    first, second = APART[what]
    assert Proof(PLAN).apart(first, second)
    assert Proof(PLAN).apart(second, first)


@pytest.mark.parametrize("what", NEITHER)
def test_nothing_is_claimed_of_what_only_looks_alike(what):
    first, second = NEITHER[what]
    assert not Proof(PLAN).below(first, second)
    assert not Proof(PLAN).apart(first, second)


def test_what_never_matches_is_known():
    proof = Proof(PLAN)
    nobody = [references.EmailList("none"), references.IpList("none"), references.Group("nobody")]
    assert all(map(proof.never, nobody))
    assert not any(map(proof.never, [EVERYONE, machine.AnyServiceToken(), references.Group("eng here")]))


def test_a_proof_ends_when_it_has_cost_enough():
    proof = Proof(PLAN, 2)
    proof.below(ACME, EVERYONE)
    proof.apart(ACME, EVERYONE)
    with pytest.raises(Exhausted):
        proof.apart(ACME, ENG)
