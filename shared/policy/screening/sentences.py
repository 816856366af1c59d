"""Reasons in words, for people who have the policies before them."""

from collections.abc import Sequence

from shared.policy.rules.kinds import Rule
from shared.policy.screening.policy import Policy
from shared.policy.screening.reasons import Code, Reason

SOME = 3
"""So many rules are named where one of many would do."""


def sentence(reason: Reason, policies: Sequence[Policy]) -> str:
    """A reason as a sentence; `policies` in the order given."""
    if reason.policy is None:
        return "No policy lets anybody in."
    policy = policies[reason.policy]
    about = reason.rules(policies)
    which = f"policy {reason.policy + 1}, `{policy.name}`"
    match reason.code:
        case Code.MATCHED:
            does = "Let in" if policy.decision.approves else "Kept out"
            return f"{does} by {which}: {about[0].words()}."
        case Code.UNKNOWN:
            asked = about[0]
            verb = {"include": "includes", "require": "requires", "exclude": "excludes"}[reason.part or ""]
            return f"Cannot be decided: {which}, {verb} {asked.words()}, and {asked.missing}."
        case Code.NOT_INCLUDED:
            included = _some(about)
            return f"No policy matches; the nearest is {which}, which includes only {included}."
        case Code.EXCLUDED:
            excluded = about[0].words()
            return f"No policy matches; the nearest is {which}, which excludes {excluded}."
        case _:
            required = about[0].words()
            return f"No policy matches; the nearest is {which}, which requires {required}."


def _some(rules: Sequence[Rule]) -> str:
    named = [each.words() for each in rules[:SOME]]
    if len(rules) > SOME:
        named.append(f"{len(rules) - SOME} more")
    # A comma alone would leave open whether any of them will do.
    last = ", or " if any("," in each for each in named) else " or "
    return last.join(filter(None, (", ".join(named[:-1]), *named[-1:])))
