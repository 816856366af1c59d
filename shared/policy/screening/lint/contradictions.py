"""What can never match: rules that contradict one another, in a policy or a group."""

from collections.abc import Iterator

from shared.policy.screening.lint.findings import Code, Finding, Place, Subject
from shared.policy.screening.lint.proof import Proof


def findings(subject: Subject, proof: Proof) -> Iterator[Finding]:
    """Contradictions between requirements, which are of the whole; else those of single included rules."""
    whole = [*_requirements(subject, proof), *_excluded_requirements(subject, proof)]
    yield from whole
    if whole:
        return
    yield from _includes(subject, proof)
    if proof.dead(subject.criteria):
        yield Finding(
            *(Code.NEVER_MATCHES, subject.place, f"{subject.title} can never match anybody."),
            tuple(subject.at("include", number) for number in range(len(subject.criteria.include))),
        )


def _requirements(subject: Subject, proof: Proof) -> Iterator[Finding]:
    required = subject.criteria.require
    for number, rule in enumerate(required):
        for earlier, other in enumerate(required[:number]):
            if proof.apart(rule, other) and not (proof.never(rule) or proof.never(other)):
                yield Finding(
                    *(Code.REQUIREMENTS_CONTRADICT, subject.at("require", number)),
                    f"{subject.title} can never match: it requires {other.words()} and {rule.words()}.",
                    (subject.at("require", earlier),),
                )


def _excluded_requirements(subject: Subject, proof: Proof) -> Iterator[Finding]:
    for number, rule in enumerate(subject.criteria.require):
        excluded = _covering(subject, proof, number, "require")
        if excluded is not None and not proof.never(rule):
            other = subject.criteria.exclude[excluded].words()
            yield Finding(
                *(Code.REQUIREMENT_EXCLUDED, subject.at("require", number)),
                f"{subject.title} can never match: it requires {rule.words()} and excludes {other}.",
                (subject.at("exclude", excluded),),
            )


def _covering(subject: Subject, proof: Proof, number: int, part: str) -> int | None:
    """The first rule of `exclude` that matches whoever a rule matches."""
    rule = getattr(subject.criteria, part)[number]
    excluded = enumerate(subject.criteria.exclude)
    return next((place for place, other in excluded if proof.below(rule, other)), None)


def _includes(subject: Subject, proof: Proof) -> Iterator[Finding]:
    for number, rule in enumerate(subject.criteria.include):
        if proof.never(rule):
            continue
        place, excluded = subject.at("include", number), _covering(subject, proof, number, "include")
        if excluded is not None:
            other = subject.criteria.exclude[excluded].words()
            yield _idle(subject, Code.INCLUDE_EXCLUDED, place, f"excludes {other}", ("exclude", excluded))
            continue
        for required, wanted in enumerate(subject.criteria.require):
            if not proof.never(wanted) and proof.apart(rule, wanted):
                yield _idle(
                    subject, Code.INCLUDE_NOT_MET, place, f"requires {wanted.words()}", ("require", required)
                )
                break


def _idle(subject: Subject, code: Code, place: Place, does: str, other: tuple[str, int]) -> Finding:
    rule = subject.criteria.include[place.rule or 0].words()
    text = f"{subject.title} includes {rule}, which lets nobody through: it also {does}."
    return Finding(code, place, text, (subject.at(*other),))  # type: ignore[arg-type]  # literals above
