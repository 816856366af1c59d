"""The users of a test, with their verdicts and why they have them."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType
from pyroaring import BitMap

from services.gateway import pages
from services.gateway.auth import Scope
from services.gateway.cloudflare import envelope, expectations, reasons
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.cloudflare.policy_tests import ONE
from services.gateway.cloudflare.query import Paged
from services.gateway.cloudflare.shown_users import reasons_of, row
from services.gateway.pages import Sets
from services.gateway.reasoning import Segment
from services.gateway.routing import Answer, Call, Route
from shared.policy.screening.reasons import Reason
from shared.store.pool import Connection, acquire, one_moment
from shared.wire.cloudflare.envelope import page_info
from shared.wire.cloudflare.expectations import EXPECTATIONS_LIMIT
from shared.wire.cloudflare.policy_tests import ROW_STATUS, VERDICTS, ReasonedRow
from shared.wire.faults import Fault, Faulty

VERDICT_OF = {status: verdict for verdict, status in ROW_STATUS.items()}


class TestUsers(Paged, frozen=True):
    """A page of a test's users; `status` filters, in the vendor's words or in those of the rows.

    So do `reason`: a kind of reasons, or the key of one; and `expectation`: the place of one, from 0, that
    the users break.
    """

    status: Literal["success", "fail", "error", "approved", "blocked"] | UnsetType = UNSET
    reason: Annotated[str, Meta(min_length=1, max_length=200)] | UnsetType = UNSET

    expectation: Annotated[int, Meta(ge=0, lt=EXPECTATIONS_LIMIT)] | UnsetType = UNSET

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
        if asked.reason is UNSET and asked.expectation is UNSET:
            found = await pages.find(connection, call.account, test_id, asked.verdict, window)
        else:
            sets = await _sets(call, connection, test_id, asked)
            found = await pages.among(connection, call.account, test_id, sets, window)
        if found is None:
            raise envelope.Failed(envelope.NOT_FOUND)
        why = await reasons_of(call, connection, test_id, found.lines)
    rows = [row(line, why) for line in found.lines]
    return Answer(rows, page_info(asked.page, asked.per_page, len(rows), found.total))


async def _sets(call: Call, connection: Connection, test_id: UUID, asked: TestUsers) -> Sets:
    """The users of all segments who are asked for, by verdict."""
    if asked.expectation is UNSET:
        return await _of_reasons(call, connection, test_id, asked)
    broken = await _breaking(call, connection, test_id, asked)
    if asked.reason is UNSET:
        return broken
    with_reason = await _of_reasons(call, connection, test_id, asked)
    return {
        segment: {verdict: positions & with_reason[segment][verdict] for verdict, positions in parts.items()}
        for segment, parts in broken.items()
    }


async def _of_reasons(call: Call, connection: Connection, test_id: UUID, asked: TestUsers) -> Sets:
    why = await reasons.why(call, connection, test_id)
    return {number: _wanted(asked, segment) for number, segment in why.segments.items()}


async def _breaking(call: Call, connection: Connection, test_id: UUID, asked: TestUsers) -> Sets:
    """Those who break an expectation; raises Faulty where there is no such one."""
    found = await expectations.assessed(call, connection, test_id)
    if asked.expectation is UNSET or asked.expectation >= len(found):
        raise Faulty(Fault(f"`expectation` is `{asked.expectation}`: the test has {len(found)}, from 0"))
    wanted = VERDICT_OF.values() if asked.verdict is None else (asked.verdict,)
    return {
        segment: {verdict: parts[verdict] for verdict in wanted}
        for segment, parts in found[asked.expectation].against.items()
    }


def _wanted(asked: TestUsers, segment: Segment) -> dict[str, BitMap]:
    """The users of a segment who are asked for, by verdict."""
    found = {verdict: BitMap() for verdict in ROW_STATUS}
    for reason, positions in segment.reasons.items():
        if asked.wants(reason):
            found[VERDICT_OF[reason.status]] |= positions
    return found


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
