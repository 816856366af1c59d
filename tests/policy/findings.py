"""Plans in which much can be found, and what a finding claims, checked of one user after another."""

from itertools import product

from hypothesis import strategies as st
from msgspec.structs import replace

from shared.directory.identity import Identity
from shared.policy.plan import Plan
from shared.policy.rules import login, machine, people, place, provider, references
from shared.policy.screening.lint.findings import Code, Finding, Place
from shared.policy.screening.policy import Criteria, Decision, Policy
from tests.policy import strategies
from tests.policy.reference import Person, every, some

# Few, and so of one field that two of them mostly have to do with one another.
CLOSE = [
    people.Everyone(),
    *map(people.Email, strategies.ADDRESSES[:3]),
    *map(people.EmailDomain, strategies.DOMAINS[:3]),
    *map(place.Country, strategies.COUNTRIES),
    *map(place.Ip, strategies.NETWORKS[:6]),
    *map(login.LoginMethod, strategies.IDPS),
    *map(login.RiskScore, [("low",), ("HIGH",), ("high", "low"), ("high", "unscored")]),
    *(provider.OktaGroup("eng", idp) for idp in strategies.IDPS),
    *(provider.GithubOrganization("a", *each) for each in product((None, "a"), ("idp-1", "idp-2"))),
    *(machine.AnyServiceToken(), machine.ServiceToken("t")),
    *map(references.EmailList, strategies.IDS_OF_BOTH),
    *map(references.IpList, strategies.IDS_OF_BOTH),
]


def criteria(groups=()):
    """Criteria, every other time without what takes somebody out: then much lies in much else."""
    named = [references.Group(name) for name in groups]
    rules = st.sampled_from([*CLOSE, *4 * named])
    people_only = st.sampled_from([*CLOSE[1:7], *2 * named])
    plain = st.lists(people_only, min_size=1, max_size=2)
    return plain.map(lambda included: Criteria(tuple(included))) | st.builds(
        Criteria, *(st.lists(rules, min_size=low, max_size=high).map(tuple) for low, high in SIZES)
    )


SIZES = ((1, 3), (0, 1), (0, 2))


@st.composite
def plans(draw):
    """Plans of up to 4 policies and 2 groups, whose rules have much to do with one another."""
    groups = {}
    for name in draw(st.sampled_from([(), ("g0",), ("g0", "both")])):
        groups[name] = draw(criteria(tuple(groups)))
    policy = st.builds(Policy, st.just("p"), st.sampled_from(Decision), criteria(tuple(groups)))
    return Plan(
        tuple(draw(st.lists(policy, min_size=1, max_size=4))),
        groups,
        {name: strategies.addresses(draw(strategies.SEEDS)) for name in strategies.IDS_OF_BOTH},
        {name: strategies.networks(draw(strategies.SEEDS)) for name in strategies.IDS_OF_BOTH},
    )


# By what they claim. Of those that are of width, of machines and of emptiness the claim is in the code.
NEVER_MATCHES = {
    *(Code.NEVER_MATCHES, Code.REQUIREMENTS_CONTRADICT, Code.REQUIREMENT_EXCLUDED, Code.ONLY_MACHINES),
    Code.MACHINE_REQUIRED,
}
NEVER_DECIDES = {Code.POLICY_SHADOWED, Code.DENY_SHADOWED, Code.DENY_AFTER_EVERYONE}
IDLE_INCLUDES = {Code.INCLUDE_EXCLUDED, Code.INCLUDE_NOT_MET}
NO_EFFECT = {
    *(Code.RULE_REPEATED, Code.RULE_IMPLIED, Code.REQUIREMENT_IMPLIED, Code.EXCLUSION_WITHOUT_EFFECT),
    Code.DENY_WITHOUT_EFFECT,
}
NOBODY = {Code.LIST_EMPTY, Code.GROUP_EMPTY}
EVERYONE = {Code.EVERYONE_ALLOWED, Code.EVERYONE_BEFORE_LOGIN}


def person(plan: Plan, address: str, last: Identity | None) -> Person:
    return Person(plan, address, last or Identity(), last is not None)


def criteria_at(plan: Plan, place: Place) -> Criteria:
    return plan.groups[place.key] if place.root == "groups" else plan.policies[place.key].criteria


def rule_at(plan: Plan, place: Place):
    return getattr(criteria_at(plan, place), place.part)[place.rule]


def lets_through(who: Person, criteria: Criteria, rule) -> bool:
    """Whether one rule of `include` lets a user through to a match."""
    excluded = some(map(who.fits, criteria.exclude))
    kept = None if excluded is None else not excluded
    return every([who.fits(rule), every(map(who.fits, criteria.require)), kept]) is True


def without(plan: Plan, found: list[Finding]) -> Plan:
    """The plan without the rules and policies that findings are about."""
    idle = {each.place for each in found}

    def kept(place: Place, criteria: Criteria) -> Criteria:
        parts = {
            part: tuple(
                rule
                for number, rule in enumerate(getattr(criteria, part))
                if place._replace(part=part, rule=number) not in idle
            )
            for part in ("include", "exclude", "require")
        }
        return Criteria(**parts)

    policies = [
        replace(each, criteria=kept(Place("policies", index), each.criteria))
        for index, each in enumerate(plan.policies)
        if Place("policies", index) not in idle
    ]
    groups = {name: kept(Place("groups", name), each) for name, each in plan.groups.items()}
    return replace(plan, policies=tuple(policies), groups=groups)
