"""The policy in Casbin, by pycasbin: inlined in the matcher, which is its fastest way."""

import ipaddress
from collections.abc import Sequence

import asyncpg

from services.cli.vocabulary import IDP_OKTA
from tests.benchmarks import policy

MATCHER = """
[request_definition]
r = sub, act
[policy_definition]
p = act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && {condition}
"""


def condition() -> str:
    """As a matcher of Casbin, the policy inlined."""
    return (
        f"(r.sub.domain in {policy.DOMAINS!r}"
        f" || (r.sub.idp == '{IDP_OKTA}' && '{policy.GROUP}' in r.sub.groups))"
        f" && !(r.sub.email in excluded() || r.sub.country in {policy.COUNTRIES!r}) && r.sub.country != ''"
        f" && within(r.sub.ip) && '{policy.METHOD}' in r.sub.amr"
    )


class Subject:
    """A user as Casbin sees one; what is missing is empty."""

    def __init__(self, row: asyncpg.Record) -> None:
        self.email, self.domain = row["email"], row["domain"]
        self.groups, self.amr = row["groups"] or (), row["amr"] or ()
        self.country, self.ip, self.idp = row["country"] or "", row["ip"] or "", row["idp"] or ""


def approving(rows: Sequence[asyncpg.Record], emails: Sequence[str]) -> int:
    """How many pycasbin approves."""
    import casbin as engine  # noqa: PLC0415  # of an extra

    model = engine.Enforcer.new_model(text=MATCHER.format(condition=condition()))
    enforcer = engine.Enforcer(model)
    enforcer.add_policy("enter")
    networks, excluded = [ipaddress.ip_network(each) for each in policy.NETWORKS], frozenset(emails)
    enforcer.add_function("excluded", lambda: excluded)
    enforcer.add_function(
        "within", lambda text: bool(text) and any(ipaddress.ip_address(text) in each for each in networks)
    )
    return sum(enforcer.batch_enforce([[Subject(row), "enter"] for row in rows]))
