"""All findings that follow from the rules of a plan."""

from collections.abc import Iterator

from shared.policy.plan import Plan
from shared.policy.screening.lint import contradictions, machines, reach, references, repetition, width
from shared.policy.screening.lint.findings import Code, Finding, Place, Subject
from shared.policy.screening.lint.proof import BUDGET, Exhausted, Proof

FINDINGS_LIMIT = 1000
# The cheap ones first: they are all there if the others take too long.
FAMILIES = (width, machines, references, contradictions, repetition)
INCOMPLETE = Finding(Code.INCOMPLETE, Place(), "There is more to these policies than was looked at.")


def lint(plan: Plan, budget: int = BUDGET) -> list[Finding]:
    """The findings in the order of what they are about, policies before groups; at most FINDINGS_LIMIT."""
    found = list[Finding]()
    try:
        for each in _all(plan, Proof(plan, budget)):
            if len(found) == FINDINGS_LIMIT - 1:
                raise Exhausted  # noqa: TRY301  # one way to end early
            found.append(each)
    except Exhausted:
        found.append(INCOMPLETE)
    places = {
        place: number for number, place in enumerate([Place(), *(each.place for each in subjects(plan))])
    }
    return sorted(found, key=lambda each: places[each.place.whole])


def subjects(plan: Plan) -> list[Subject]:
    """The policies in the order given, and the groups."""
    policies = [
        Subject(
            Place("policies", number), f"Policy {number + 1}, `{each.name}`,", each.criteria, each.decision
        )
        for number, each in enumerate(plan.policies)
    ]
    groups = [
        Subject(Place("groups", group), f"The rule group `{group}`", criteria, None)
        for group, criteria in plan.groups.items()
    ]
    return policies + groups


def _all(plan: Plan, proof: Proof) -> Iterator[Finding]:
    every = subjects(plan)
    for family in FAMILIES:
        for subject in every:
            yield from family.findings(subject, proof)
    yield from reach.findings(plan, every, proof)
