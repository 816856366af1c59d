"""What follows from the rules of a plan alone: rules below one another, apart, and never matching.

Groups are opened on the way: criteria are an `any` of clauses, one for each rule of `include`, and what holds
of each clause holds of all. Sound, not complete: what is not found may hold nonetheless.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from shared.policy.expression import Both, Expression, Holds, Listed, Nobody, Within
from shared.policy.plan import Plan
from shared.policy.rules.external import ExternalEvaluation
from shared.policy.rules.kinds import Rule
from shared.policy.rules.machine import AnyServiceToken, LinkedAppToken, ServiceToken
from shared.policy.rules.provider import GithubOrganization
from shared.policy.rules.references import Group
from shared.policy.screening.lint import relations
from shared.policy.screening.policy import Criteria

TOKEN = Holds(("token", ""), None)
BUDGET = 300_000
"""Comparisons; values of lists count as a part of one. A second of processor time, or two."""
VALUES_EACH = 16


class Exhausted(Exception):  # noqa: N818  # no error: an answer
    """A plan takes more comparisons than it may have."""


class Clause(Struct, frozen=True):
    """Whoever matches all of some rules, and none of others."""

    yes: tuple[Rule, ...]
    no: tuple[Rule, ...] = ()


class Proof:
    """A plan about which questions are asked; each is answered once."""

    def __init__(self, plan: Plan, budget: int = BUDGET) -> None:
        self.plan = plan
        self._left = budget
        self._meanings: dict[Rule, Expression] = {}
        self._below: dict[tuple[Rule, Rule], bool] = {}
        self._apart: dict[tuple[Rule, Rule], bool] = {}
        self._never: dict[Rule, bool] = {}

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

    def same(self, first: Rule, second: Rule) -> bool:
        """Whether two rules say the same of everybody."""
        return self.below(first, second) and self.below(second, first)

    def below(self, first: Rule, second: Rule) -> bool:
        """Whether whoever matches the first matches the second, and is as surely decided."""
        self._spend(1)
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
        return all(self.dead_clause(clause) for clause in clauses(criteria))

    def dead_clause(self, clause: Clause) -> bool:
        """Whether a clause matches nobody: something in it never does, or two things in it contradict."""
        yes = clause.yes
        return (
            any(self.never(rule) for rule in yes)
            or any(self.apart(rule, other) for number, rule in enumerate(yes) for other in yes[:number])
            or any(self.below(rule, other) for rule in yes for other in clause.no)
        )

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
            all(self.clause_below(clause, rule) for rule in criteria.require)
            and all(self.clause_apart(clause, rule) for rule in criteria.exclude)
            and self._included(clause, criteria.include)
        )

    def _included(self, clause: Clause, rules: tuple[Rule, ...]) -> bool:
        """Whether whoever matches a clause matches one of some rules; not always the same one."""
        return any(self.clause_below(clause, rule) for rule in rules) or any(
            all(self._included(each, rules) for each in self.opened(rule))
            for rule in clause.yes
            if isinstance(rule, Group)
        )

    def _weighed(self, first: Rule, second: Rule) -> tuple[Expression, Expression]:
        """What two rules ask for, paid for by how much that is."""
        meant = self.meaning(first), self.meaning(second)
        self._spend(sum(map(_values, meant)) // VALUES_EACH)
        return meant

    def _spend(self, comparisons: int) -> None:
        self._left -= comparisons
        if self._left < 0:
            raise Exhausted


def clauses(criteria: Criteria) -> Iterator[Clause]:
    """Criteria as clauses of which any does, one for each rule of `include`."""
    for rule in criteria.include:
        yield Clause((rule, *criteria.require), criteria.exclude)


def _values(expression: Expression) -> int:
    """How many values a list or its like has; comparing others costs nothing to speak of."""
    match expression:
        case Listed(keys):
            return len(keys)
        case Within(asked, _):
            return sum(len(each.bounds) for each in asked)
    return 0
