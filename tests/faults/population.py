"""A directory with holes in what it knows, and the policy sets that the faults are tried with."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from shared.directory import identity
from shared.policy.plan import Plan
from shared.policy.screening.policy import Policy
from shared.wire.cloudflare.policy_tests import decode_start
from tests.policy import reference

DOMAINS = ("acme.example", "other.example", "third.example")
COUNTRIES = ("FR", "DE", "US", None)
ADDRESSES = ("203.0.113.9", "198.51.100.4", None, "2001:db8::7", "203.0.113.200")


class Person(NamedTuple):
    """A user as a directory file has one; `known` is the last login, None if there was none."""

    email: str
    known: dict[str, Any] | None

    def line(self, padding: int = 0) -> bytes:
        """The row; `padding` makes it about that many bytes longer."""
        row: dict[str, Any] = {"email": self.email, "name": "x" * min(padding, 1000)}
        if self.known is not None:
            row["identity"] = {**self.known, "note": "x" * padding}
        return json.dumps(row).encode() + b"\n"


def person(n: int, country: str | None = None) -> Person:
    country, ip = country or COUNTRIES[n % len(COUNTRIES)], ADDRESSES[n % len(ADDRESSES)]
    known: dict[str, Any] = {"amr": ["pwd", "mfa"] if n % 6 else []}
    if country:
        known["geo"] = {"country": country}
    if ip:
        known["ip"] = ip
    return Person(f"u{n}@{DOMAINS[n % len(DOMAINS)]}", known if n % 7 else None)


def people(count: int) -> list[Person]:
    return [person(n) for n in range(count)]


def lines(those: Iterable[Person], padding: int = 0) -> bytes:
    return b"".join(each.line(padding) for each in those)


class Case(NamedTuple):
    """A policy set."""

    policies: list[dict[str, Any]]

    def named(self, name: str) -> "Case":
        """The same with the first policy under a name that a faulty worker knows."""
        first, *rest = self.policies
        return Case([{**first, "name": name}, *rest])

    def expected(self, those: Iterable[Person]) -> dict[str, str]:
        """The verdicts of the reference evaluator, by e-mail."""
        decoded = decode_start(json.dumps({"policies": self.policies}).encode(), UUID(int=0)).policies
        plan = Plan(tuple(each for each in decoded.policies if isinstance(each, Policy)))
        return {each.email: reference.verdict(plan, each.email, _last(each)) for each in those}


def _last(each: Person) -> identity.Identity | None:
    return None if each.known is None else identity.decode(json.dumps(each.known).encode())


EVERYONE = Case([{"name": "all", "decision": "allow", "include": [{"everyone": {}}]}])
ACME = Case(
    [{"name": "acme", "decision": "allow", "include": [{"email_domain": {"domain": "acme.example"}}]}]
)
MIXED = Case(
    [
        {"name": "not from there", "decision": "deny", "include": [{"geo": {"country_code": "FR"}}]},
        {
            "name": "acme and friends, from outside",
            "decision": "allow",
            "include": [
                {"email_domain": {"domain": "acme.example"}},
                {"email": {"email": "u10@other.example"}},
            ],
            "exclude": [{"ip": {"ip": "203.0.113.0/25"}}],
            "require": [{"auth_method": {"auth_method": "mfa"}}],
        },
    ]
)
CASES = (MIXED, ACME, EVERYONE)
