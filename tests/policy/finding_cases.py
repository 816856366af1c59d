"""Policies with findings, by kind and place; and policies that come near and have none of the kind."""

from typing import NamedTuple

from shared.policy.plan import Plan
from shared.policy.rules.external import ExternalEvaluation
from shared.policy.rules.kinds import Rule
from shared.policy.rules.login import AuthMethod, LoginMethod
from shared.policy.rules.machine import AnyServiceToken, ServiceToken
from shared.policy.rules.people import Email, EmailDomain, Everyone
from shared.policy.rules.place import Country, Ip
from shared.policy.rules.provider import OktaGroup
from shared.policy.rules.references import EmailList, Group, IpList
from shared.policy.screening.lint.findings import Code
from shared.policy.screening.policy import Criteria, Decision, Policy

ALLOW, DENY, BYPASS, TOKENS = Decision.ALLOW, Decision.DENY, Decision.BYPASS, Decision.NON_IDENTITY
EVERYONE, ACME, OTHER = Everyone(), EmailDomain("acme.example"), EmailDomain("b.example")
ANN, BOB = Email("ann@acme.example"), Email("bob@b.example")
MFA, DE, US = AuthMethod("mfa"), Country("DE"), Country("US")
OFFICE, DESK = Ip("203.0.113.0/24"), Ip("203.0.113.7")
TOKEN, EXTERNAL = ServiceToken("t"), ExternalEvaluation("https://a.example", "https://a.example/keys")
ENG = OktaGroup("eng", "idp")
GROUPS = {
    "staff": Criteria((ACME, OTHER)),
    "nobody": Criteria((ANN,), (ACME,)),
    "tokens": Criteria((TOKEN,)),
}
LISTS = {"none": (), "ann": ("ann@acme.example", "bob@acme.example")}
NETWORKS = {"none": (), "all": ("203.0.113.0/24", "0.0.0.0/0"), "home": ("192.168.1.0/24", "203.0.113.7")}


def policy(
    *include: Rule,
    decision: Decision = ALLOW,
    exclude: tuple[Rule, ...] = (),
    require: tuple[Rule, ...] = (),
) -> Policy:
    return Policy("p", decision, Criteria(include, exclude, require))


def plan(*policies: Policy) -> Plan:
    return Plan(policies, GROUPS, LISTS, NETWORKS)


class Case(NamedTuple):
    """Policies with a finding at some places, and others without it anywhere."""

    has: list[Policy]
    where: str
    misses: list[Policy]


LAST = policy(ACME, require=(MFA,))
DENIED = policy(ANN, decision=DENY)
CASES: dict[Code, list[Case]] = {
    Code.NOBODY_APPROVED: [
        Case([DENIED], "/policies", [DENIED, LAST]),
        Case([policy(EmailList("none"))], "/policies", [policy(EmailList("ann"))]),
        Case([policy(ANN, exclude=(ACME,))], "/policies", [policy(TOKEN, decision=TOKENS)]),
    ],
    Code.POLICY_SHADOWED: [
        Case([policy(ACME), policy(ANN)], "/policies/1", [policy(ANN), policy(ACME)]),
        Case([policy(ANN), LAST, policy(ANN, decision=BYPASS)], "/policies/0", [policy(ANN), LAST]),
        Case([policy(ACME, exclude=(DE,)), policy(ANN, exclude=(DE,))], "/policies/1", [LAST, policy(ANN)]),
        Case([policy(ACME), policy(OTHER), policy(Group("staff"))], "/policies/2", [policy(Group("staff"))]),
        Case([policy(ACME), policy(ANN)], "/policies/1", [policy(ACME), policy(Group("staff"))]),
    ],
    Code.DENY_SHADOWED: [
        Case([policy(ACME), DENIED], "/policies/1", [DENIED, policy(ACME)]),
        Case([policy(ACME), DENIED, policy(BOB)], "/policies/1", [policy(OTHER), DENIED]),
    ],
    Code.DENY_AFTER_EVERYONE: [
        Case([policy(EVERYONE), DENIED], "/policies/1", [DENIED, policy(EVERYONE)]),
        Case(
            [DENIED, policy(EVERYONE, decision=BYPASS)],
            "/policies/0",
            [policy(EVERYONE, require=(MFA,)), DENIED],
        ),
    ],
    Code.DENY_WITHOUT_EFFECT: [
        Case([LAST, policy(BOB, decision=DENY)], "/policies/1", [policy(BOB, decision=DENY), LAST]),
    ],
    Code.RULE_SHADOWED: [
        Case([policy(ACME), policy(ANN, BOB)], "/policies/1/include/0", [LAST, policy(ANN, BOB)]),
    ],
    Code.NEVER_MATCHES: [
        Case(
            [policy(ANN, BOB, exclude=(Group("staff"),))], "/policies/0", [policy(ANN, BOB, exclude=(ACME,))]
        ),
        Case(
            [policy(ACME, require=(IpList("none"),))],
            "/policies/0",
            [policy(ACME, exclude=(IpList("none"),))],
        ),
        Case([policy(Group("nobody"))], "/policies/0 /groups/nobody", []),
    ],
    Code.REQUIREMENTS_CONTRADICT: [
        Case([policy(ACME, require=(DE, US))], "/policies/0/require/1", [policy(ACME, require=(DE, MFA))]),
        Case([policy(EVERYONE, require=(ANN, BOB))], "/policies/0/require/1", [policy(ANN, BOB)]),
        Case([policy(EVERYONE, require=(ACME, OTHER))], "/policies/0/require/1", []),
        Case(
            [policy(ACME, require=(LoginMethod("x"), ENG))],
            "/policies/0/require/1",
            [policy(ACME, require=(OktaGroup("ops", "idp"), ENG))],
        ),
    ],
    Code.REQUIREMENT_EXCLUDED: [
        Case(
            [policy(EVERYONE, require=(DESK,), exclude=(OFFICE,))],
            "/policies/0/require/0",
            [policy(EVERYONE, require=(OFFICE,), exclude=(DESK,))],
        ),
    ],
    Code.INCLUDE_EXCLUDED: [
        Case([policy(BOB, ANN, exclude=(ACME,))], "/policies/0/include/1", [policy(ACME, exclude=(ANN,))]),
    ],
    Code.INCLUDE_NOT_MET: [
        Case([policy(ANN, BOB, require=(ACME,))], "/policies/0/include/1", [policy(ANN, require=(ACME,))]),
    ],
    Code.RULE_REPEATED: [
        Case([policy(ACME, ANN, ACME)], "/policies/0/include/2", [policy(ACME, OTHER)]),
        Case(
            [policy(LoginMethod("Idp"), LoginMethod("idp"))],
            "/policies/0/include/1",
            [policy(OktaGroup("Eng", "idp"), ENG)],
        ),
        Case([policy(ACME, exclude=(DE, DE))], "/policies/0/exclude/1", [policy(DE, exclude=(US,))]),
    ],
    Code.RULE_IMPLIED: [
        Case([policy(ANN, ACME)], "/policies/0/include/0", [policy(BOB, ACME)]),
        Case([policy(OFFICE, DESK)], "/policies/0/include/1", [policy(OFFICE, Ip("203.0.112.0/24"))]),
        Case([policy(ANN, EmailList("ann"))], "/policies/0/include/0", [policy(BOB, EmailList("ann"))]),
        Case(
            [policy(ACME, require=(OFFICE, DESK))],
            "/policies/0/require/0",
            [policy(ACME, require=(OFFICE, MFA))],
        ),
    ],
    Code.REQUIREMENT_IMPLIED: [
        Case([policy(ANN, require=(ACME,))], "/policies/0/require/0", [policy(ANN, BOB, require=(ACME,))]),
        Case([policy(BOB, ANN, require=(EVERYONE,))], "/policies/0/require/0", []),
    ],
    Code.EXCLUSION_WITHOUT_EFFECT: [
        Case([policy(ACME, exclude=(BOB,))], "/policies/0/exclude/0", [policy(ACME, exclude=(ANN,))]),
        Case(
            [policy(ACME, require=(DE,), exclude=(US,))],
            "/policies/0/exclude/0",
            [policy(ACME, require=(MFA,), exclude=(US,))],
        ),
    ],
    Code.EVERYONE_ALLOWED: [
        Case([policy(ACME, EVERYONE)], "/policies/0/include/1", [policy(EVERYONE, require=(MFA,))]),
        Case(
            [policy(EVERYONE, require=(EVERYONE,))],
            "/policies/0/include/0",
            [policy(EVERYONE, decision=DENY)],
        ),
    ],
    Code.EVERYONE_BEFORE_LOGIN: [
        Case([policy(EVERYONE, decision=BYPASS)], "/policies/0/include/0", [policy(OFFICE, decision=BYPASS)]),
        Case([policy(EVERYONE, decision=TOKENS)], "/policies/0/include/0", [policy(EVERYONE)]),
    ],
    Code.ALLOW_WITHOUT_REQUIRE: [
        Case([policy(ACME)], "/policies/0", [LAST, policy(ACME, decision=DENY), policy(EVERYONE)]),
    ],
    Code.NETWORK_OF_ALL: [
        Case([policy(Ip("0.0.0.0/0"))], "/policies/0/include/0", [policy(Ip("8.0.0.0/6"))]),
        Case([policy(ACME, require=(Ip("::/0"),))], "/policies/0/require/0", [policy(Ip("2000::/3"))]),
        Case([policy(IpList("all"))], "/policies/0/include/0", [policy(IpList("home"))]),
    ],
    Code.NETWORK_PRIVATE: [
        Case([policy(Ip("10.1.0.0/16"))], "/policies/0/include/0", [policy(OFFICE)]),
        Case([policy(Ip("fd00::1"))], "/policies/0/include/0", [policy(Ip("2001:db8::1"))]),
        Case([policy(ACME, exclude=(IpList("home"),))], "/policies/0/exclude/0", [policy(IpList("none"))]),
    ],
    Code.ONLY_MACHINES: [
        Case([policy(TOKEN, AnyServiceToken())], "/policies/0", [policy(TOKEN, decision=TOKENS)]),
        Case([policy(Group("tokens"), decision=DENY)], "/policies/0", [policy(Group("staff"), TOKEN)]),
    ],
    Code.MACHINE_RULE: [
        Case([policy(ACME, TOKEN)], "/policies/0/include/1", [policy(OFFICE, TOKEN, decision=BYPASS)]),
        Case([policy(ACME, exclude=(TOKEN,))], "/policies/0/exclude/0", []),
    ],
    Code.MACHINE_REQUIRED: [
        Case(
            [policy(ACME, require=(TOKEN,))],
            "/policies/0/require/0",
            [policy(OFFICE, require=(TOKEN,), decision=TOKENS)],
        ),
    ],
    Code.LIST_EMPTY: [
        Case([policy(ACME, EmailList("none"))], "/policies/0/include/1", [policy(EmailList("ann"))]),
        Case([policy(ACME, exclude=(IpList("none"),))], "/policies/0/exclude/0", [policy(IpList("home"))]),
    ],
    Code.GROUP_EMPTY: [
        Case([policy(ACME, exclude=(Group("nobody"),))], "/policies/0/exclude/0", [policy(Group("staff"))]),
    ],
    Code.RULE_UNDECIDABLE: [
        Case([policy(ACME, require=(EXTERNAL,))], "/policies/0/require/0", [LAST]),
    ],
}
OF_A_RUN = {
    *(Code.RUN_APPROVED_NOBODY, Code.POLICY_NOT_REACHED, Code.POLICY_DECIDED_NOBODY, Code.FACT_NOT_RECORDED),
    *(Code.RULE_DECIDED_NOBODY, Code.RULE_MATCHED_NOBODY, Code.GROUP_WITHOUT_USERS),
    *(Code.EXPECTATION_WITHOUT_USERS, Code.EXPECTED_USER_ABSENT),
}
