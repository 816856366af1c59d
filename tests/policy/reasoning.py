"""Why a user gets a verdict, as plainly as can be: what the engine says in sets, of one user at a time."""

from collections.abc import Iterator

from shared.directory.identity import Identity
from shared.policy.plan import Plan
from shared.policy.screening.policy import Criteria, Decision, Policy
from shared.policy.screening.reasons import Code, Reason
from tests.policy.reference import Fact, Person, some, verdict

Numbered = tuple[int, Policy]


def reason(plan: Plan, address: str, last: Identity | None) -> Reason:
    person = Person(plan, address, last or Identity(), last is not None)
    after_login = (Decision.ALLOW, Decision.DENY)
    ordered = sorted(enumerate(plan.policies), key=lambda numbered: numbered[1].decision in after_login)
    said = verdict(plan, address, last)
    matching = [each for each in ordered if person.meets(each[1].criteria) is True]
    if said == "errored":
        return unknown(person, ordered, lets_in=bool(matching) and matching[0][1].decision.approves)
    if matching:
        index, policy = matching[0]
        facts = [person.fits(rule) for rule in policy.criteria.include]
        return Reason(said, Code.MATCHED, index, "include", facts.index(True))
    return nearest(person, [each for each in ordered if each[1].decision.approves])


def unknown(person: Person, ordered: list[Numbered], *, lets_in: bool) -> Reason:
    index, policy = next(
        (index, policy)
        for index, policy in ordered
        if person.meets(policy.criteria) is None and policy.decision.approves != lets_in
    )
    criteria = policy.criteria
    open_include = some(map(person.fits, criteria.include)) is None
    part, rules = next(
        (part, rules)
        for part, rules in (
            ("include", criteria.include if open_include else ()),
            ("require", criteria.require),
            ("exclude", criteria.exclude),
        )
        if None in map(person.fits, rules)
    )
    return Reason("error", Code.UNKNOWN, index, part, list(map(person.fits, rules)).index(None))


def nearest(person: Person, approving: list[Numbered]) -> Reason:
    if not approving:
        return Reason("blocked", Code.NO_POLICY)
    failing = [list(failures(person, index, policy.criteria)) for index, policy in approving]
    return next((each[0] for each in failing if len(each) == 1), failing[0][0])


def failures(person: Person, index: int, criteria: Criteria) -> Iterator[Reason]:
    def wrong(rules: tuple, fact: Fact) -> Iterator[int]:
        return (number for number, rule in enumerate(rules) if person.fits(rule) is fact)

    if some(map(person.fits, criteria.include)) is False:
        yield Reason("blocked", Code.NOT_INCLUDED, index, "include")
    for number in wrong(criteria.exclude, True):
        yield Reason("blocked", Code.EXCLUDED, index, "exclude", number)
    for number in wrong(criteria.require, False):
        yield Reason("blocked", Code.NOT_MET, index, "require", number)
