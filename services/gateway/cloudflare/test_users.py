"""The users of a test, with their verdicts and why they have them."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType
from pyroaring import BitMap

from services.gateway import pages
from services.gateway.auth import Scope
from services.gateway.cloudflare import envelope, reasons
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.cloudflare.policy_tests import ONE
from services.gateway.cloudflare.query import Paged
from services.gateway.pages import Found, Line
from services.gateway.reasoning import Segment, Unreasoned, Why
from services.gateway.routing import Answer, Call, Route
from shared.policy.screening.reasons import Reason
from shared.store.pool import Connection, acquire, one_moment
from shared.wire.cloudflare.envelope import page_info
from shared.wire.cloudflare.policy_tests import ROW_STATUS, VERDICTS, ReasonedRow
from shared.wire.cloudflare.reasons import policy_named

VERDICT_OF = {status: verdict for verdict, status in ROW_STATUS.items()}


class TestUsers(Paged, frozen=True):
    """A page of a test's users; `status` filters, in the vendor's words or in those of the rows.

    So does `reason`: a kind of reasons, or the key of one.
    """

    status: Literal["success", "fail", "error", "approved", "blocked"] | UnsetType = UNSET
    reason: Annotated[str, Meta(min_length=1, max_length=200)] | UnsetType = UNSET

    @property
    def verdict(self) -> str | None:
        """The verdict that is asked for; None for all."""
        return None if self.status is UNSET else VERDICTS[self.status]

    def wants(self, reason: Reason) -> bool:
        """Whether users of a reason are asked for."""
        status = None if self.verdict is None else ROW_STATUS[self.verdict]
        return self.reason in (reason.key, reason.code.value) and status in (None, reason.status)


async def page(call: Call) -> Answer:
    """Answer GET …/policy-tests/{policy_test_id}/users."""
    test_id = path_id(call, "policy_test_id")
    asked: TestUsers = call.query
    async with acquire(call.resources.pool) as connection, one_moment(connection):
        window = (asked.skip, asked.per_page)
        if asked.reason is UNSET:
            found = await pages.find(connection, call.account, test_id, asked.verdict, window)
        else:
            found = await _of_reasons(call, connection, test_id, asked)
        if found is None:
            raise envelope.Failed(envelope.NOT_FOUND)
        why = await _why(call, connection, test_id, found.lines)
    rows = [_row(line, why) for line in found.lines]
    return Answer(rows, page_info(asked.page, asked.per_page, len(rows), found.total))


async def _of_reasons(call: Call, connection: Connection, test_id: UUID, asked: TestUsers) -> Found | None:
    why = await reasons.why(call, connection, test_id)
    sets = {number: _wanted(asked, segment) for number, segment in why.segments.items()}
    return await pages.among(connection, call.account, test_id, sets, (asked.skip, asked.per_page))


def _wanted(asked: TestUsers, segment: Segment) -> dict[str, BitMap]:
    """The users of a segment who are asked for, by verdict."""
    found = {verdict: BitMap() for verdict in ROW_STATUS}
    for reason, positions in segment.reasons.items():
        if asked.wants(reason):
            found[VERDICT_OF[reason.status]] |= positions
    return found


async def _why(call: Call, connection: Connection, test_id: UUID, lines: list[Line]) -> Why | None:
    """Why some users have their verdicts; None for a test that has no reasons."""
    segments = {line.place[0] for line in lines}
    try:
        return await call.resources.reasoning.of(connection, call.account, test_id, segments)
    except Unreasoned:
        return None


def _row(line: Line, why: Why | None) -> ReasonedRow:
    shown = line.user_id, line.email, line.name, ROW_STATUS[line.verdict]
    if why is None:
        return ReasonedRow(*shown)
    segment, position = line.place
    parts = why.segments[segment].reasons
    reason = next(each for each, positions in parts.items() if position in positions)
    policy = None if reason.policy is None else policy_named(reason.policy, why.plan.policies)
    return ReasonedRow(*shown, reason.code.value, policy, reason.pointer)


ROUTES = (
    Route(
        *(
            "GET",
            ONE + "/users",
            Scope.TESTS_READ,
            page,
            "A test's users with their verdicts",
            list[ReasonedRow],
        ),
        query=TestUsers,
        paged=True,
    ),
)
