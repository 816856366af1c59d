"""Rules about callers that are no person where only persons are decided on: with `allow` and `deny`."""

from collections.abc import Iterator

from shared.policy.plan import Plan
from shared.policy.rules.kinds import MachineRule, Rule
from shared.policy.rules.references import Group
from shared.policy.screening.lint.findings import Code, Finding, Subject
from shared.policy.screening.lint.proof import Proof
from shared.policy.screening.reasons import placed_rules


def findings(subject: Subject, proof: Proof) -> Iterator[Finding]:
    """The policy, if nobody else is included, or a machine is required; else each rule of the kind."""
    if subject.decision is None or subject.decision.before_login:
        return
    name, included = subject.decision.value, subject.criteria.include
    if included and all(is_machine(rule, proof.plan) for rule in included):
        text = f"{subject.title} includes only callers without a login, and `{name}` comes after it."
        yield Finding(Code.ONLY_MACHINES, subject.place, text)
        return
    for part, number, rule in placed_rules(subject.criteria):
        if is_machine(rule, proof.plan):
            code = Code.MACHINE_REQUIRED if part == "require" else Code.MACHINE_RULE
            text = f"{subject.title} names {rule.words()} in `{part}`, and `{name}` comes after a login."
            yield Finding(code, subject.at(part, number), text)


def is_machine(rule: Rule, plan: Plan) -> bool:
    """Whether no person matches it, since it is about machines."""
    if not isinstance(rule, Group):
        return isinstance(rule, MachineRule)
    included = plan.groups[rule.id].include
    return bool(included) and all(is_machine(each, plan) for each in included)
