"""Users of a test as answers show them: with the verdict, and why it is that."""

from collections.abc import Iterable
from uuid import UUID

from services.gateway.pages import Line
from services.gateway.reasoning import Unreasoned, Why
from services.gateway.routing import Call
from shared.store.pool import Connection
from shared.wire.cloudflare.policy_tests import ROW_STATUS, ReasonedRow
from shared.wire.cloudflare.reasons import policy_named


async def reasons_of(call: Call, connection: Connection, test_id: UUID, lines: Iterable[Line]) -> Why | None:
    """Why some users have their verdicts; None for a test that has no reasons."""
    segments = {line.place[0] for line in lines}
    try:
        return await call.resources.reasoning.of(connection, call.account, test_id, segments)
    except Unreasoned:
        return None


def row(line: Line, why: Why | None) -> ReasonedRow:
    """A user with the verdict, and with the reason if there are any."""
    shown = line.user_id, line.email, line.name, ROW_STATUS[line.verdict]
    if why is None:
        return ReasonedRow(*shown)
    segment, position = line.place
    parts = why.segments[segment].reasons
    reason = next(each for each, positions in parts.items() if position in positions)
    policy = None if reason.policy is None else policy_named(reason.policy, why.plan.policies)
    return ReasonedRow(*shown, reason.code.value, policy, reason.pointer)
