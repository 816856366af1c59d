"""Policies and rules that others come before, and lists of policies that let nobody in."""

from collections.abc import Iterator, Sequence

from shared.policy.plan import Plan
from shared.policy.rules.people import Everyone
from shared.policy.rules.references import Group
from shared.policy.screening.lint.findings import Code, Finding, Place, Subject
from shared.policy.screening.lint.proof import Clause, Proof, clauses
from shared.policy.screening.policy import Decision, Policy, in_order

Ordered = Sequence[tuple[int, Policy]]
EVERYONE = Clause((Everyone(),))


def findings(plan: Plan, subjects: Sequence[Subject], proof: Proof) -> Iterator[Finding]:
    """What is of the order of policies; `subjects` are these, in the order given."""
    ordered = in_order(plan.policies)
    if all(proof.dead(policy.criteria) for _, policy in ordered if policy.decision.approves):
        text = "No policy can let anybody in: every user is kept out, or cannot be decided."
        yield Finding(Code.NOBODY_APPROVED, Place(), text)
        last = len(ordered)
    else:
        last = max(place for place, (_, policy) in enumerate(ordered) if policy.decision.approves)
    for place, (index, _) in enumerate(ordered):
        shadowed = list(_shadowed(subjects[index], ordered[:place], proof))
        yield from shadowed
        if place > last and not shadowed:
            text = f"{subjects[index].title} denies, and no policy after it would let anybody in."
            yield Finding(Code.DENY_WITHOUT_EFFECT, subjects[index].place, text)


def _shadowed(subject: Subject, earlier: Ordered, proof: Proof) -> Iterator[Finding]:
    """The policy, if each rule that it includes is of no use behind earlier policies; else those that are."""
    live = [
        (number, _before(clause, earlier, proof))
        for number, clause in enumerate(clauses(subject.criteria))
        if not proof.dead_clause(clause)
    ]
    behind = [(number, by) for number, by in live if by]
    if behind and len(behind) == len(live):
        yield _policy(subject, dict(earlier), sorted({index for _, by in behind for index in by}), proof)
        return
    for number, by in behind:
        rule = subject.criteria.include[number].words()
        names = " and ".join(f"policy {index + 1}" for index in sorted(by))
        text = f"{subject.title} includes {rule}, all decided before by {names}."
        related = tuple(Place("policies", index) for index in sorted(by))
        yield Finding(Code.RULE_SHADOWED, subject.at("include", number), text, related)


def _before(clause: Clause, earlier: Ordered, proof: Proof) -> frozenset[int]:
    """Policies that match whoever a clause matches, one for all or for each way into a group; none if not."""
    for index, policy in earlier:
        if proof.within(clause, policy.criteria):
            return frozenset((index,))
    for rule in clause.yes if earlier else ():
        if isinstance(rule, Group):
            ways = [_before(_through(clause, rule, way), earlier, proof) for way in proof.opened(rule)]
            if ways and all(ways):
                return frozenset[int]().union(*ways)
    return frozenset()


def _through(clause: Clause, group: Group, way: Clause) -> Clause:
    """A clause with one way into a group instead of the group."""
    others = tuple(rule for rule in clause.yes if rule != group)
    return Clause((*others, *way.yes), (*clause.no, *way.no))


def _policy(subject: Subject, earlier: dict[int, Policy], by: list[int], proof: Proof) -> Finding:
    names = " and ".join(f"policy {index + 1}, `{earlier[index].name}`" for index in by)
    text = f"{subject.title} never decides: all whom it matches are decided before by {names}."
    return Finding(
        _code(subject, [earlier[index] for index in by], proof),
        *(subject.place, text, tuple(Place("policies", index) for index in by)),
    )


def _code(subject: Subject, by: list[Policy], proof: Proof) -> Code:
    if subject.decision is not Decision.DENY or not all(policy.decision.approves for policy in by):
        return Code.POLICY_SHADOWED
    everyone = any(proof.within(EVERYONE, policy.criteria) for policy in by)
    return Code.DENY_AFTER_EVERYONE if everyone else Code.DENY_SHADOWED
