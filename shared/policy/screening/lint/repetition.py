"""What could be left out without changing a verdict: rules that repeat others, or follow from them."""

from collections.abc import Iterator

from shared.policy.rules.kinds import Rule
from shared.policy.rules.references import Group
from shared.policy.screening.lint.findings import Code, Finding, Subject
from shared.policy.screening.lint.proof import WIDE, Proof
from shared.policy.screening.reasons import Part

PARTS: tuple[Part, ...] = ("include", "require", "exclude")


def findings(subject: Subject, proof: Proof) -> Iterator[Finding]:
    """What repeats; then what is of no use beside the other parts, where anything is."""
    for part in PARTS:
        yield from _repeated(subject, proof, part)
    if not proof.dead(subject.criteria):
        yield from _implied_requirements(subject, proof)
        yield from _idle_exclusions(subject, proof)


def _repeated(subject: Subject, proof: Proof, part: Part) -> Iterator[Finding]:
    rules: tuple[Rule, ...] = getattr(subject.criteria, part)
    first: dict[object, int] = {}
    for number, rule in enumerate(rules):
        if (earlier := first.setdefault(proof.key(rule), number)) != number:
            text = f"{subject.title} names {rule.words()} twice in `{part}`."
            yield Finding(Code.RULE_REPEATED, subject.at(part, number), text, (subject.at(part, earlier),))
    once = list(first.values())
    wide_ones = [number for number in once if isinstance(rules[number], WIDE)]
    for number in once:
        for wide in once if isinstance(rules[number], Group) else wide_ones:
            if wide != number and _is_redundant(proof, rules, number, wide):
                yield _implied(subject, part, number, wide)
                if part != "require":
                    break


def _is_redundant(proof: Proof, rules: tuple[Rule, ...], narrow: int, wide: int) -> bool:
    """Whether a rule lies in another; of two that say the same, only the later one does."""
    first, second = rules[narrow], rules[wide]
    if proof.never(first) or not proof.below(first, second):
        return False
    return narrow > wide or not proof.below(second, first)


def _implied(subject: Subject, part: Part, narrow: int, wide: int) -> Finding:
    """Of a pair of rules the redundant one: where any does, the narrower, where all must, the wider."""
    idle, kept = (wide, narrow) if part == "require" else (narrow, wide)
    rules = getattr(subject.criteria, part)
    text = f"{subject.title} need not name {rules[idle].words()} in `{part}` beside {rules[kept].words()}."
    return Finding(Code.RULE_IMPLIED, subject.at(part, idle), text, (subject.at(part, kept),))


def _implied_requirements(subject: Subject, proof: Proof) -> Iterator[Finding]:
    included = subject.criteria.include
    for number, rule in enumerate(subject.criteria.require):
        if all(proof.below(each, rule) for each in included):
            text = f"{subject.title} requires {rule.words()}, as whoever it includes is already."
            related = tuple(subject.at("include", each) for each in range(len(included)))
            yield Finding(Code.REQUIREMENT_IMPLIED, subject.at("require", number), text, related)


def _idle_exclusions(subject: Subject, proof: Proof) -> Iterator[Finding]:
    for number, rule in enumerate(subject.criteria.exclude):
        if proof.never(rule):
            continue
        required = any(proof.apart(each, rule) for each in subject.criteria.require)
        if required or all(proof.apart(each, rule) for each in subject.criteria.include):
            text = f"{subject.title} excludes {rule.words()}, whom it would not match anyway."
            yield Finding(Code.EXCLUSION_WITHOUT_EFFECT, subject.at("exclude", number), text)
