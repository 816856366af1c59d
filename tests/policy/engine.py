"""A directory in memory, indexed and judged as the store and the worker do it, without them."""

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from shared.directory.identity import Identity
from shared.directory.movement import Movement
from shared.policy.facts import Facts
from shared.policy.plan import Plan, addresses, terms
from shared.policy.screening.judge import Judge
from shared.policy.verdicts import Verdicts

BITS = 4
User = tuple[str, Identity | None]
"""A canonical address and the last login."""
Directory = Mapping[int, User]
"""Users by ordinal."""


def passed_on(plan: Plan) -> Plan:
    """The plan as a worker gets it: through JSON."""
    return msgspec.json.decode(msgspec.json.encode(plan), type=Plan)


def facts(plan: Plan, directory: Directory) -> dict[int, Facts]:
    """What a worker fetches of each segment: the postings that the plan needs, and no other."""
    movement, judge = Movement(BITS), Judge(plan)
    wanted, asked = terms(plan, judge.expression), addresses(plan)
    for ordinal, (address, identity) in directory.items():
        movement.enter(ordinal, address, identity, ())
    postings: defaultdict[int, dict] = defaultdict(dict)
    for (attribute, value, segment), difference in movement.differences().items():
        if (attribute, value) in wanted:
            postings[segment][attribute, value] = difference.applied(b"")
    named = {address: ordinal for ordinal, (address, _) in directory.items() if address in asked}
    mask = (1 << BITS) - 1
    return {
        segment: Facts(
            held, {a: ordinal & mask for a, ordinal in named.items() if ordinal >> BITS == segment}
        )
        for segment, held in postings.items()
    }


def judged(plan: Plan, directory: Directory) -> dict[int, Verdicts]:
    """The verdicts by segment."""
    return {
        segment: Judge(plan).verdicts(found) for segment, found in facts(passed_on(plan), directory).items()
    }


def verdicts(plan: Plan, directory: Directory) -> dict[int, str]:
    """The verdict of each user by ordinal."""
    found = {}
    for segment, sets in judged(plan, directory).items():
        for status, positions in zip(Verdicts._fields, sets, strict=True):
            found |= {(segment << BITS) + position: status for position in positions}
    return found
