"""All findings that follow from the rules of a plan."""

from collections.abc import Iterable, Iterator

from shared.policy.plan import Plan
from shared.policy.screening.lint import contradictions, machines, reach, references, repetition, width
from shared.policy.screening.lint.catalogue import CATALOGUE
from shared.policy.screening.lint.findings import Code, Finding, Level, Place, Subject
from shared.policy.screening.lint.proof import BUDGET, Exhausted, Proof

FINDINGS_LIMIT = 1000
LEVELS = list(Level)  # the worst first
# The cheap ones first: they are all there if the others take too long.
FAMILIES = (width, machines, references, contradictions, repetition)
INCOMPLETE = Finding(Code.INCOMPLETE, Place(), "There is more to these policies than was looked at.")


def lint(plan: Plan, budget: int = BUDGET) -> list[Finding]:
    """The findings in the order of what they are about, policies before groups.

    At most FINDINGS_LIMIT, the worst; the last thing said of all policies is whether there may be more.
    """
    found, all_of_it = list[Finding](), True
    try:
        for each in _all(plan, Proof(plan, budget)):
            found.append(each)  # what was found is kept if the rest takes too long
    except Exhausted:
        all_of_it = False
    if not all_of_it or len(found) > FINDINGS_LIMIT:
        worst = sorted(found, key=lambda each: LEVELS.index(CATALOGUE[each.code].level))
        found = [*worst[: FINDINGS_LIMIT - 1], INCOMPLETE]
    return in_place(found, plan)


def in_place(found: Iterable[Finding], plan: Plan) -> list[Finding]:
    """Findings in the order of what they are about; those about the same as they came."""
    ordered = (Place(), *(each.place for each in subjects(plan)))
    places = {place: number for number, place in enumerate(ordered)}
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
