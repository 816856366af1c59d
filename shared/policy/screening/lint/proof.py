"""What follows from the rules of a plan alone: rules below one another, apart, and never matching.

Groups are opened on the way: criteria are an `any` of clauses, one for each rule of `include`, and what holds
of each clause holds of all. Sound, not complete: what is not found may hold nonetheless.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from shared.policy.expression import Both, Expression, Holds, Listed, Nobody, Within
from shared.policy.plan import Plan
from shared.policy.rules.external import ExternalEvaluation
from shared.policy.rules.kinds import Reference, Rule
from shared.policy.rules.login import LoginMethod, RiskScore
from shared.policy.rules.machine import AnyServiceToken, LinkedAppToken, ServiceToken
from shared.policy.rules.people import EmailDomain, Everyone
from shared.policy.rules.place import Ip
from shared.policy.rules.provider import GithubOrganization
from shared.policy.rules.references import EmailList, Group, IpList
from shared.policy.screening.lint import relations
from shared.policy.screening.policy import Criteria

# What another rule can lie in, other than one that says the same.
WIDE = (
    *(Everyone, EmailDomain, EmailList, Ip, IpList, LoginMethod, RiskScore, GithubOrganization, Group),
    AnyServiceToken,
)
TOKEN = Holds(("token", ""), None)
BUDGET = 250_000
"""Comparisons; values of lists count as a part of one. About a second of processor time."""
VALUES_EACH = 16


class Exhausted(Exception):  # noqa: N818  # no error: an answer
    """A plan takes more comparisons than it may have."""


class Clause(Struct, frozen=True):
    """Whoever matches all of some rules, and none of others."""

    yes: tuple[Rule, ...]
    no: tuple[Rule, ...] = ()


class _Sorted(NamedTuple):
    """Rules by what can be said of them: the keys of all, and those that others may lie in."""

    keys: frozenset[Rule | Expression]
    wide: tuple[Rule, ...]


class Proof:
    """A plan about which questions are asked; each is answered once."""

    def __init__(self, plan: Plan, budget: int = BUDGET) -> None:
        self.plan = plan
        self._left = budget
        self._meanings: dict[Rule, Expression] = {}
        self._below: dict[tuple[Rule, Rule], bool] = {}
        self._apart: dict[tuple[Rule, Rule], bool] = {}
        self._never: dict[Rule, bool] = {}
        # By the object: the plan keeps them, and a hash of a thousand rules takes as long as comparing them.
        self._dead: dict[int, list[bool]] = {}
        self._sorted: dict[int, _Sorted] = {}

    def meaning(self, rule: Rule) -> Expression:
        """What a rule that is no group asks for, of callers of any kind."""
        if rule not in self._meanings:
            self._meanings[rule] = self._meant(rule)
        return self._meanings[rule]

    def _meant(self, rule: Rule) -> Expression:
        # In a test no person matches these, or nobody knows; where policies are in force somebody may.
        match rule:
            case AnyServiceToken():
                return TOKEN
            case ServiceToken(token):
                return Both(Holds(("token", token), None), TOKEN)
            case LinkedAppToken() | ExternalEvaluation():
                return Holds(("caller", repr(rule)), None)
        found = self.plan.expression(rule)
        return Nobody() if isinstance(found, Listed) and not found.keys else found

    def key(self, rule: Rule) -> Rule | Expression:
        """What is the same of two rules that say the same, unless they refer to something."""
        return rule if isinstance(rule, Reference) else self.meaning(rule)

    def below(self, first: Rule, second: Rule) -> bool:
        """Whether whoever matches the first matches the second, and is as surely decided."""
        self._spend(1)
        if not isinstance(second, WIDE) and not isinstance(first, Group):
            return self.never(first) or self.key(first) == self.key(second)
        key = first, second
        if key not in self._below:
            self._below[key] = first == second or self._is_below(first, second)
        return self._below[key]

    def _is_below(self, first: Rule, second: Rule) -> bool:
        if isinstance(first, Group):
            return all(
                self.clause_below(clause, second)
                or (isinstance(second, Group) and self.within(clause, self.plan.groups[second.id]))
                for clause in self.opened(first)
            )
        if isinstance(second, Group):
            return self.within(Clause((first,)), self.plan.groups[second.id])
        if isinstance(first, GithubOrganization) and first.team is not None:
            whole = replace(first, team=None)  # whoever is in the team is in the organization
            if relations.below(self.meaning(whole), self.meaning(second)):
                return True
        return relations.below(*self._weighed(first, second))

    def apart(self, first: Rule, second: Rule) -> bool:
        """Whether nobody matches both, and whoever matches one is surely kept out of the other."""
        self._spend(1)
        key = first, second
        if key not in self._apart:
            self._apart[key] = self._apart[second, first] = self._are_apart(first, second)
        return self._apart[key]

    def _are_apart(self, first: Rule, second: Rule) -> bool:
        groups = [(one, other) for one, other in ((first, second), (second, first)) if isinstance(one, Group)]
        if groups:
            return any(
                all(self.clause_apart(clause, other) for clause in self.opened(one)) for one, other in groups
            )
        return relations.apart(*self._weighed(first, second))

    def never(self, rule: Rule) -> bool:
        """Whether a rule matches nobody, whoever there is."""
        if rule not in self._never:
            self._never[rule] = (
                self.dead(self.plan.groups[rule.id])
                if isinstance(rule, Group)
                else isinstance(self.meaning(rule), Nobody)
            )
        return self._never[rule]

    def dead(self, criteria: Criteria) -> bool:
        """Whether criteria match nobody, whoever there is."""
        return all(self.dead_ways(criteria))

    def dead_ways(self, criteria: Criteria) -> list[bool]:
        """Of each rule of `include` whether nobody can match by it: it never does, or others forbid."""
        if id(criteria) not in self._dead:
            required, excluded = criteria.require, criteria.exclude
            barred = (
                any(self.never(rule) for rule in required)
                or any(self.apart(rule, other) for n, rule in enumerate(required) for other in required[:n])
                or any(self.below(rule, other) for rule in required for other in excluded)
            )
            self._dead[id(criteria)] = [
                barred
                or self.never(rule)
                or any(self.below(rule, other) for other in excluded)
                or any(self.apart(rule, other) for other in required)
                for rule in criteria.include
            ]
        return self._dead[id(criteria)]

    def opened(self, rule: Rule) -> Iterable[Clause]:
        """A rule as clauses: those of a group, or itself."""
        return clauses(self.plan.groups[rule.id]) if isinstance(rule, Group) else (Clause((rule,)),)

    def clause_below(self, clause: Clause, rule: Rule) -> bool:
        """Whether a clause is below a rule."""
        return any(self.below(each, rule) for each in clause.yes)

    def clause_apart(self, clause: Clause, rule: Rule) -> bool:
        """Whether a clause is apart from a rule."""
        return any(self.apart(each, rule) for each in clause.yes) or any(
            self.below(rule, each) for each in clause.no
        )

    def within(self, clause: Clause, criteria: Criteria) -> bool:
        """Whether whoever matches a clause matches criteria, and is as surely decided."""
        return (
            self._included(clause, criteria.include)
            and all(self.clause_below(clause, rule) for rule in criteria.require)
            and all(self.clause_apart(clause, rule) for rule in criteria.exclude)
        )

    def _included(self, clause: Clause, rules: tuple[Rule, ...]) -> bool:
        """Whether whoever matches a clause matches one of some rules; not always the same one."""
        if id(rules) not in self._sorted:
            wide = tuple(rule for rule in rules if isinstance(rule, WIDE))
            self._sorted[id(rules)] = _Sorted(frozenset(map(self.key, rules)), wide)
        found = self._sorted[id(rules)]
        self._spend(1)
        return (
            any(self.key(rule) in found.keys for rule in clause.yes)
            or any(self.clause_below(clause, rule) for rule in found.wide)
            or any(self._each_way(rule, rules) for rule in clause.yes if isinstance(rule, Group))
        )

    def _each_way(self, group: Group, rules: tuple[Rule, ...]) -> bool:
        return all(self._included(way, rules) for way in self.opened(group))

    def _weighed(self, first: Rule, second: Rule) -> tuple[Expression, Expression]:
        """What two rules ask for, paid for by how much that is."""
        meant = self.meaning(first), self.meaning(second)
        self._spend(sum(map(_cost, meant)))
        return meant

    def _spend(self, comparisons: int) -> None:
        self._left -= comparisons
        if self._left < 0:
            raise Exhausted


def clauses(criteria: Criteria) -> Iterator[Clause]:
    """Criteria as clauses of which any does, one for each rule of `include`."""
    for rule in criteria.include:
        yield Clause((rule, *criteria.require), criteria.exclude)


def _cost(expression: Expression) -> int:
    """How many comparisons looking into a list or its like counts for."""
    match expression:
        case Listed(keys):
            return len(keys) // VALUES_EACH
        case Within(asked, _):
            return 2 + sum(len(each.bounds) for each in asked) // VALUES_EACH
    return 0
