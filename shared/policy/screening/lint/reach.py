"""Policies and rules that others come before, and lists of policies that let nobody in."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from shared.policy.expression import Expression
from shared.policy.plan import Plan
from shared.policy.rules.kinds import Rule
from shared.policy.rules.people import Everyone
from shared.policy.rules.references import Group
from shared.policy.screening.lint.findings import Code, Finding, Place, Subject
from shared.policy.screening.lint.proof import WIDE, Clause, Proof, clauses
from shared.policy.screening.policy import Decision, Policy, in_order

EVERYONE = Clause((Everyone(),))


class _Earlier:
    """The policies that come before another, by what they include."""

    def __init__(self, proof: Proof) -> None:
        self.proof = proof
        self.policies: dict[int, Policy] = {}
        self._including: defaultdict[Rule | Expression, list[int]] = defaultdict(list)
        self._wide: list[int] = []

    def add(self, index: int, policy: Policy) -> None:
        """The next policy."""
        self.policies[index] = policy
        for rule in policy.criteria.include:
            self._including[self.proof.key(rule)].append(index)
        if any(isinstance(rule, WIDE) for rule in policy.criteria.include):
            self._wide.append(index)

    def matching(self, clause: Clause) -> frozenset[int]:
        """Policies that match whoever a clause matches: one for all, or one for each way into a group."""
        same = (index for rule in clause.yes for index in self._including.get(self.proof.key(rule), ()))
        for index in dict.fromkeys((*same, *self._wide)):
            if self.proof.within(clause, self.policies[index].criteria):
                return frozenset((index,))
        for rule in clause.yes if self.policies else ():
            if isinstance(rule, Group):
                ways = [self.matching(_through(clause, rule, way)) for way in self.proof.opened(rule)]
                if ways and all(ways):
                    return frozenset[int]().union(*ways)
        return frozenset()


def findings(plan: Plan, subjects: Sequence[Subject], proof: Proof) -> Iterator[Finding]:
    """What is of the order of policies; `subjects` are these, in the order given."""
    ordered, earlier = in_order(plan.policies), _Earlier(proof)
    if all(proof.dead(policy.criteria) for _, policy in ordered if policy.decision.approves):
        text = "No policy can let anybody in: every user is kept out, or cannot be decided."
        yield Finding(Code.NOBODY_APPROVED, Place(), text)
        last = len(ordered)
    else:
        last = max(place for place, (_, policy) in enumerate(ordered) if policy.decision.approves)
    for place, (index, policy) in enumerate(ordered):
        shadowed = list(_shadowed(subjects[index], earlier))
        yield from shadowed
        if place > last and not shadowed:
            text = f"{subjects[index].title} denies, and no policy after it would let anybody in."
            yield Finding(Code.DENY_WITHOUT_EFFECT, subjects[index].place, text)
        earlier.add(index, policy)


def _shadowed(subject: Subject, earlier: _Earlier) -> Iterator[Finding]:
    """The policy, if each rule that it includes is of no use behind earlier policies; else those that are."""
    ways = zip(clauses(subject.criteria), earlier.proof.dead_ways(subject.criteria), strict=True)
    live = [(number, earlier.matching(way)) for number, (way, dead) in enumerate(ways) if not dead]
    behind = [(number, sorted(by)) for number, by in live if by]
    if behind and len(behind) == len(live):
        yield _policy(subject, earlier, sorted({index for _, by in behind for index in by}))
        return
    for number, by in behind:
        rule = subject.criteria.include[number].words()
        names = " and ".join(f"policy {index + 1}" for index in by)
        text = f"{subject.title} includes {rule}, all decided before by {names}."
        related = tuple(Place("policies", index) for index in by)
        yield Finding(Code.RULE_SHADOWED, subject.at("include", number), text, related)


def _through(clause: Clause, group: Group, way: Clause) -> Clause:
    """A clause with one way into a group instead of the group."""
    others = tuple(rule for rule in clause.yes if rule != group)
    return Clause((*others, *way.yes), (*clause.no, *way.no))


def _policy(subject: Subject, earlier: _Earlier, by: list[int]) -> Finding:
    named = [(index, earlier.policies[index]) for index in by]
    names = " and ".join(f"policy {index + 1}, `{policy.name}`" for index, policy in named)
    text = f"{subject.title} never decides: all whom it matches are decided before by {names}."
    code = _code(subject, [policy for _, policy in named], earlier.proof)
    return Finding(code, subject.place, text, tuple(Place("policies", index) for index in by))


def _code(subject: Subject, by: list[Policy], proof: Proof) -> Code:
    if subject.decision is not Decision.DENY or not all(policy.decision.approves for policy in by):
        return Code.POLICY_SHADOWED
    everyone = any(proof.within(EVERYONE, policy.criteria) for policy in by)
    return Code.DENY_AFTER_EVERYONE if everyone else Code.DENY_SHADOWED
