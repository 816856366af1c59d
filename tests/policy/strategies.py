"""Directories and plans in a small vocabulary, so that much of what a plan asks for is there.

Its words are easily confused: by case, by family of address, by length, by what joining them might make.
"""

from functools import cache
from itertools import accumulate, product
from random import Random

from hypothesis import strategies as st

from shared.directory.identity import (
    AuthContext,
    Geo,
    Group,
    Identity,
    Idp,
    MutualTls,
    Organization,
    Posture,
)
from shared.policy.plan import Plan
from shared.policy.rules import device, external, login, machine, people, place, provider, references
from shared.policy.screening.policy import Criteria, Decision, Policy

LONG = "long " * 30
DOMAINS = ["a.example", "sub.a.example", "b.example", ".".join(["d" * 50] * 3) + ".example"]
ADDRESSES = [f"u{number}@{DOMAINS[number % 4]}" for number in range(200)]
IDPS = ["Idp-1", "idp-1", "idp-2"]
NAMES = ["eng", "Eng", "3:eng", "#eng", LONG, LONG + "er"]
PARTS = ["a", "1:a", "a:b", "b", "b:c", LONG]
IDS = ["G1", "g1", "g2", "#g"]
EMAILS = ["ops@a.example", "OPS@A.example", "no address", "No Address"]
METHODS = ["mfa", "MFA", "pwd"]
ACCOUNTS = ["ACC1", "acc1", "acc2"]
RISKS = ["low", "HIGH", "high", "unscored"]
COUNTRIES = ["DE", "de", "US"]
UIDS = ["p1", "P1", "#p", LONG]
COMMON_NAMES = ["ann-laptop", "Ann-Laptop", LONG]
TEXTS = ["r&d", "R&D", "1", "true", "", "b:c", LONG]
CLAIMS = [
    *TEXTS,
    *(TEXTS[number:] for number in range(5)),
    1,
    True,
    1.5,
    None,
    [],
    [1, None, "r&d"],
    [["r&d"]],
]
CLAIMS += [{"a": 1}]
IPS = ["10.0.0.1", "10.0.0.200", "::ffff:10.0.0.1", " 203.0.113.7 ", "fe80::1", "fe80::1%eth0"]
IPS += ["2001:db8::1", "2001:db8:0:1::1", "010.0.0.1", "10.0.0.1/32", "nowhere", ""]
NETWORKS = ["10.0.0.0/24", "10.0.0.1", "10.0.0.0/25", "0.0.0.0/0", "::/0", "::ffff:10.0.0.0/120", "8.0.0.0/6"]
NETWORKS += ["2001:db8::/32", "2001:db8::1", "fe80::/10", "::ffff:10.0.0.200", "203.0.113.0/24"]


def few(source, values, most=3):
    return [source.choice(values) for _ in range(source.randint(0, most))]


def perhaps(source, value, of_ten=8):
    """A value, or that it is not recorded."""
    return value if source.randrange(10) < of_ten else None


def claims(source):
    return {name: source.choice(CLAIMS) for name in few(source, PARTS, 4)}


# What may be recorded under each field of an identity.
FIELDS = {
    "idp": lambda s: Idp(s.choice(IDPS)),
    "groups": lambda s: [
        Group(perhaps(s, s.choice(IDS)), perhaps(s, name), perhaps(s, s.choice(EMAILS)))
        for name in few(s, NAMES)
    ],
    "amr": lambda s: few(s, METHODS),
    "ip": lambda s: s.choice(IPS),
    "geo": lambda s: Geo(s.choice(COUNTRIES)),
    "posture": lambda s: {uid: Posture(s.choice([None, False, True, True])) for uid in few(s, UIDS)},
    "mtls_auth": lambda s: MutualTls(
        s.choice([None, False, True, True]), s.choice([None, "NONE", "SUCCESS"])
    ),
    "common_name": lambda s: s.choice(COMMON_NAMES),
    "saml_attributes": claims,
    "oidc_fields": claims,
    "organizations": lambda s: [
        Organization(name, perhaps(s, few(s, PARTS, 5))) for name in few(s, PARTS, 4)
    ],
    "auth_context": lambda s: [
        AuthContext(perhaps(s, name), perhaps(s, s.choice(PARTS))) for name in few(s, PARTS, 5)
    ],
    "account_ids": lambda s: few(s, ACCOUNTS),
    "risk_score": lambda s: s.choice([*RISKS, ""]),
}
# Recorded, and yet nothing is.
HOLLOW = {"idp": Idp(), "geo": Geo()}


@cache
def identity(seed):
    """A last login made of a number, which shrinks as well as anything and costs Hypothesis a draw."""
    source = Random(seed)
    if source.randrange(10) == 0:
        return None
    made = {name: perhaps(source, make(source)) for name, make in FIELDS.items()}
    hollow = {name: source.choice([None, empty]) for name, empty in HOLLOW.items() if made[name] is None}
    return Identity(**made | hollow)


SEEDS = st.integers(0, 9999)
IDENTITIES = SEEDS.map(identity)


@st.composite
def directories(draw):
    """Up to 60 users; who is deleted leaves a gap between the ordinals."""
    seeds = draw(st.integers(1, 60).flatmap(lambda size: st.lists(SEEDS, min_size=size, max_size=size)))
    ordinals = accumulate((1, 1, 1, 1, 1, 1, 2, 2, 5, 18)[seed % 10] for seed in seeds)
    return {
        ordinal - 1: (ADDRESSES[number], identity(seed))
        for number, (ordinal, seed) in enumerate(zip(ordinals, seeds, strict=False))
    }


# An id that is a group's may be a list's too: the kinds have names of their own.
IDS_OF_BOTH = ("l1", "l2", "both")
GROUP_IDS = ("g0", "both", "g2", "g3", "g4", "l1")
LOOK_UPS = [
    [people.Everyone()],
    [people.Email(address) for address in ADDRESSES[:30]],
    [people.EmailDomain(domain) for domain in [*DOMAINS, "example"]],
    [provider.AzureGroup(*pair) for pair in product(IDS, IDPS)],
    [provider.OktaGroup(*pair) for pair in product(NAMES, IDPS)],
    [provider.GoogleGroup(*pair) for pair in product(EMAILS, IDPS)],
    [provider.GithubOrganization(*parts) for parts in product(PARTS, [None, *PARTS], IDPS)],
    [provider.Saml(*parts) for parts in product(PARTS, TEXTS, IDPS)],
    [provider.Oidc(*parts) for parts in product(PARTS, TEXTS, IDPS)],
    [provider.AuthContext(*parts) for parts in product(PARTS, PARTS, IDPS)],
    [login.LoginMethod(idp) for idp in IDPS],
    [login.AuthMethod(method) for method in METHODS],
    [login.RiskScore(levels) for levels in [*product(RISKS), *product(RISKS, RISKS)]],
    [login.AccountMember(account) for account in ACCOUNTS],
    [place.Ip(network) for network in NETWORKS],
    [place.Country(code) for code in COUNTRIES],
    [device.DevicePosture(uid) for uid in UIDS],
    [device.Certificate()],
    [device.CommonName(name) for name in COMMON_NAMES],
    [machine.ServiceToken("t"), machine.AnyServiceToken(), machine.LinkedAppToken("t")],
    [external.ExternalEvaluation("https://a.example", "https://a.example/keys")],
    [references.EmailList(name) for name in IDS_OF_BOTH],
    [references.IpList(name) for name in IDS_OF_BOTH],
]


def rules(groups=()):
    """Rules: of each kind, but more often of a list, and most often one of some groups."""
    named = [references.Group(name) for name in groups]
    kinds = [*LOOK_UPS, *4 * LOOK_UPS[-2:], *([named] * 12 if named else [])]
    return st.sampled_from(kinds).flatmap(st.sampled_from)


RULES = rules()


@cache
def addresses(seed):
    """What an e-mail list holds: nothing, a few, or most of those that users have."""
    source = Random(seed)
    return tuple(source.sample(ADDRESSES[:60], source.choice([0, 1, 3, 50])))


@cache
def networks(seed):
    """What an IP list holds: nothing, a few networks that overlap, or those among many others."""
    source = Random(seed)
    others = [f"{source.randrange(1, 255)}.{number % 200}.0.0/16" for number in range(60)]
    return (
        *source.sample(NETWORKS, source.choice([0, 1, 3, 9])),
        *others[: source.choice([0, 0, 0, 5, 60])],
    )


def criteria(groups=()):
    """Criteria; often with one of some rule groups."""
    sizes = ((0, 3), (0, 2), (0, 2))
    parts = [st.lists(rules(groups), min_size=fewest, max_size=most) for fewest, most in sizes]
    return st.builds(Criteria, *(part.map(tuple) for part in parts))


@st.composite
def plans(draw, decisions=tuple(Decision)):
    """Plans of 1 to 5 policies; a rule group may refer to those before it, so that there is no cycle.

    Groups nest in one another and share others; one may have the id of lists, and nobody may name it.
    """
    groups: dict[str, Criteria] = {}
    for name in draw(st.sampled_from([(), ("g0",), GROUP_IDS[:3], GROUP_IDS])):
        groups[name] = draw(criteria(tuple(groups)))
    policy = st.builds(Policy, st.just("p"), st.sampled_from(decisions), criteria(tuple(groups)))
    return Plan(
        tuple(draw(st.lists(policy, min_size=1, max_size=5))),
        groups,
        {name: addresses(draw(SEEDS)) for name in IDS_OF_BOTH},
        {name: networks(draw(SEEDS)) for name in IDS_OF_BOTH},
    )
