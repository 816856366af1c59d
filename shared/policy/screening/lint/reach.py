"""Policies and rules that others come before, and lists of policies that let nobody in."""

from collections.abc import Iterator, Sequence

from shared.policy.plan import Plan
from shared.policy.rules.people import Everyone
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
    behind: dict[int, int] = {}
    live = 0
    for number, clause in enumerate(clauses(subject.criteria)):
        if not proof.dead_clause(clause):
            live += 1
            found = [index for index, policy in earlier if proof.within(clause, policy.criteria)]
            behind |= {number: found[0]} if found else {}
    if not behind:
        return
    if len(behind) == live:
        yield _policy(subject, dict(earlier), sorted(set(behind.values())), proof)
        return
    for number, index in behind.items():
        rule = subject.criteria.include[number].words()
        text = f"{subject.title} includes {rule}, for whom policy {index + 1} has decided before."
        yield Finding(Code.RULE_SHADOWED, subject.at("include", number), text, (Place("policies", index),))


def _policy(subject: Subject, earlier: dict[int, Policy], by: list[int], proof: Proof) -> Finding:
    names = " and ".join(f"policy {index + 1}, `{earlier[index].name}`," for index in by)
    text = f"{subject.title} never decides: {names} decides before it for all whom it matches."
    return Finding(
        _code(subject, [earlier[index] for index in by], proof),
        *(subject.place, text, tuple(Place("policies", index) for index in by)),
    )


def _code(subject: Subject, by: list[Policy], proof: Proof) -> Code:
    if subject.decision is not Decision.DENY or not all(policy.decision.approves for policy in by):
        return Code.POLICY_SHADOWED
    everyone = any(proof.within(EVERYONE, policy.criteria) for policy in by)
    return Code.DENY_AFTER_EVERYONE if everyone else Code.DENY_SHADOWED
