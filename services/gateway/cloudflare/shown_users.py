"""Users of a test as answers show them: with the verdict, and why it is that."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from pyroaring import BitMap

from services.gateway.pages import Line
from services.gateway.reasoning import Unreasoned, Why
from services.gateway.routing import Call
from shared.policy.screening.reasons import Reason
from shared.store.pool import Connection
from shared.wire.cloudflare.policy_tests import ROW_STATUS, PolicyNamed, ReasonedRow
from shared.wire.cloudflare.reasons import policy_named


class Because(NamedTuple):
    """Why a user has the verdict, as a row shows it."""

    code: str
    policy: PolicyNamed | None
    pointer: str | None


Whys = Mapping[tuple[int, int], Because]
"""By segment and position."""


async def reasons_of(call: Call, connection: Connection, test_id: UUID, lines: Iterable[Line]) -> Whys:
    """Why some users have their verdicts; nothing for a test that has no reasons."""
    places = defaultdict[int, BitMap](BitMap)
    for line in lines:
        segment, position = line.place
        places[segment].add(position)
    try:
        why = await call.resources.reasoning.of(connection, call.account, test_id, places.keys())
    except Unreasoned:
        return {}
    return {
        (segment, position): because
        for segment, wanted in places.items()
        for reason, positions in why.segments[segment].reasons.items()
        if (here := positions & wanted)
        for because in [_because(reason, why)]
        for position in here
    }


def _because(reason: Reason, why: Why) -> Because:
    policy = None if reason.policy is None else policy_named(reason.policy, why.plan.policies)
    return Because(reason.code.value, policy, reason.pointer)


def row(line: Line, whys: Whys) -> ReasonedRow:
    """A user with the verdict, and with the reason if there is one."""
    because = whys.get(line.place)
    shown = line.user_id, line.email, line.name, ROW_STATUS[line.verdict]
    return ReasonedRow(*shown) if because is None else ReasonedRow(*shown, *because)
