"""Rules about nobody since what they refer to is empty, and rules that no test can decide."""

from collections.abc import Iterator

from shared.policy.rules.external import ExternalEvaluation
from shared.policy.rules.references import Group
from shared.policy.screening.lint.findings import Code, Finding, Subject
from shared.policy.screening.lint.proof import Proof
from shared.policy.screening.reasons import placed_rules


def findings(subject: Subject, proof: Proof) -> Iterator[Finding]:
    """Of each rule what it refers to."""
    for part, number, rule in placed_rules(subject.criteria):
        place, named = subject.at(part, number), f"{subject.title} names {rule.words()} in `{part}`"
        if isinstance(rule, ExternalEvaluation):
            yield Finding(Code.RULE_UNDECIDABLE, place, f"{named}, and {rule.missing}.")
        elif proof.never(rule) and isinstance(rule, Group):
            yield Finding(Code.GROUP_EMPTY, place, f"{named}, which can never match anybody.")
        elif proof.never(rule):
            yield Finding(Code.LIST_EMPTY, place, f"{named}, which is empty.")
