"""What a plan says of one user, as plainly as can be; nothing of the engine is used but the parsed types.

A fact is True, False, or None: nobody can say. Absent is None; present and empty is False.
"""

import ipaddress
import json
from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from msgspec.structs import astuple

from shared.directory.identity import Identity
from shared.policy.plan import Plan
from shared.policy.rules import device, external, login, machine, people, place, provider, references
from shared.policy.rules.kinds import Rule
from shared.policy.screening.policy import Criteria, Decision, Policy

Fact = bool | None
Verdict = Literal["approved", "blocked", "errored"]


def some(facts: Iterable[Fact]) -> Fact:
    given = set(facts)
    return True if True in given else None if None in given else False


def every(facts: Iterable[Fact]) -> Fact:
    given = set(facts)
    return False if False in given else None if None in given else True


def has(held: Iterable[Any] | None, fits: Callable[[Any], object]) -> Fact:
    return None if held is None else any(map(fits, held))


def same(wanted: str, present: str | None) -> Fact:
    return None if present is None else wanted.lower() == present.lower()


def claimed(name: str, value: str, claims: dict[str, object] | None) -> Fact:
    if claims is None:
        return None
    members = claims[name] if isinstance(claims.get(name), list) else [claims.get(name)]
    return value in [json.dumps(m) if isinstance(m, int | float) else m for m in members]


def inside(network: str, address: str | None) -> Fact:
    try:
        given = ipaddress.ip_address("" if address is None or "%" in address else address.strip())
    except ValueError:
        return None
    given = getattr(given, "ipv4_mapped", None) or given
    return given in unmapped(ipaddress.ip_network(network))


def unmapped(network: ipaddress.IPv4Network | ipaddress.IPv6Network):
    within = getattr(network.network_address, "ipv4_mapped", None)
    return ipaddress.ip_network(f"{within}/{network.prefixlen - 96}") if within is not None else network


class Person(NamedTuple):
    plan: Plan
    address: str
    last: Identity  # or one of which nothing is recorded
    known: bool

    def at(self, idp: str, fact: Fact) -> Fact:
        return every([same(idp, self.last.idp and self.last.idp.id), fact])

    def fits(self, rule: Rule) -> Fact:  # noqa: C901, PLR0911, PLR0912  # a table of the 26 kinds
        last, groups = self.last, self.last.groups
        match rule:
            case people.Everyone():
                return True
            case people.Email(address):
                return self.address == address
            case people.EmailDomain(domain):
                return self.address.split("@")[1] == domain
            case references.EmailList(list_id):
                return self.address in self.plan.email_lists[list_id]
            case references.Group(group_id):
                return self.meets(self.plan.groups[group_id])
            case provider.AzureGroup(group, idp):
                return self.at(idp, has(groups, lambda each: same(group, each.id)))
            case provider.OktaGroup(name, idp):
                return self.at(idp, has(groups, lambda each: each.name == name))
            case provider.GoogleGroup(email, idp):
                return self.at(idp, has(groups, lambda each: same(email, each.email)))
            case provider.GithubOrganization(name, None, idp):
                return self.at(idp, has(last.organizations, lambda each: each.name == name))
            case provider.GithubOrganization(name, team, idp):
                return self.at(
                    idp, has(last.organizations, lambda o: o.name == name and team in (o.teams or []))
                )
            case provider.Saml(name, value, idp):
                return self.at(idp, claimed(name, value, last.saml_attributes))
            case provider.Oidc(name, value, idp):
                return self.at(idp, claimed(name, value, last.oidc_fields))
            case provider.AuthContext(context, ac, idp):
                return self.at(
                    idp, has(last.auth_context, lambda each: (each.id, each.ac_id) == (context, ac))
                )
            case login.LoginMethod(idp):
                return self.at(idp, True)
            case login.AuthMethod(method):
                return has(last.amr, lambda each: each == method)
            case login.RiskScore(levels):
                return (
                    some(same(each, last.risk_score or "unscored") for each in levels) if self.known else None
                )
            case login.AccountMember(account):
                return has(last.account_ids, lambda each: same(account, each))
            case place.Ip(network):
                return inside(network, last.ip)
            case references.IpList(list_id):
                return some(inside(each, last.ip) for each in self.plan.ip_lists[list_id])
            case place.Country(code):
                return same(code, last.geo and last.geo.country)
            case device.DevicePosture(uid):
                return has(last.posture, lambda each: each == uid and last.posture[each].success)
            case device.Certificate():
                shown = last.mtls_auth
                return None if shown is None else bool(shown.presented) and shown.auth_status == "SUCCESS"
            case device.CommonName(name):
                return None if last.common_name is None else last.common_name == name
            case machine.ServiceToken() | machine.AnyServiceToken() | machine.LinkedAppToken():
                return False
            case external.ExternalEvaluation():
                return None

    def meets(self, criteria: Criteria) -> Fact:
        include, exclude, require = (map(self.fits, rules) for rules in astuple(criteria))
        excluded = some(exclude)
        return every([some(include), every(require), None if excluded is None else not excluded])

    def first_match(self, policies: list[Policy]) -> Verdict:
        """Where a match is unknown, the verdict stands if matching would come to the same as going on."""
        if not policies:
            return "blocked"
        effect = "blocked" if policies[0].decision is Decision.DENY else "approved"
        matched, otherwise = self.meets(policies[0].criteria), self.first_match(policies[1:])
        undecided = effect if effect == otherwise else "errored"
        return {True: effect, False: otherwise, None: undecided}[matched]


def verdict(plan: Plan, address: str, identity: Identity | None) -> Verdict:
    person = Person(plan, address, identity or Identity(), identity is not None)
    after_login = (Decision.ALLOW, Decision.DENY)
    return person.first_match(sorted(plan.policies, key=lambda policy: policy.decision in after_login))
