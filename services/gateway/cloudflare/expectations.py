"""What a test was expected to come to: which expectations hold, and who breaks the others."""

from uuid import UUID

from services.gateway import pages
from services.gateway.assessment import Assessed, Unassessed
from services.gateway.auth import Scope
from services.gateway.cloudflare import envelope
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.cloudflare.policy_tests import ONE
from services.gateway.cloudflare.shown_users import reasons_of, row
from services.gateway.pages import Line
from services.gateway.routing import Answer, Call, Route
from shared.store import expectations, policy_tests
from shared.store.pool import Connection, acquire, one_moment
from shared.wire.cloudflare.expectation_rows import USERS_SHOWN, Broken, ExpectationRow, to_row
from shared.wire.faults import Fault, Faulty

NEWER = "the expectations were given to a newer version than this"


async def assessed(call: Call, connection: Connection, test_id: UUID) -> list[Assessed]:
    """What becomes of a test's expectations; raises Failed for no such test, Faulty for one not complete."""
    run = await policy_tests.run(connection, call.account, test_id)
    if run is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    if not (await expectations.given(connection, call.account, test_id)).any:
        return []
    if run.state != "complete":
        raise Faulty(Fault(f"the test is `{run.state}`: expectations are of tests that are complete"))
    try:
        return await call.resources.assessment.of(connection, call.account, test_id)
    except Unassessed:
        raise Faulty(Fault(NEWER)) from None


async def listed(call: Call) -> Answer:
    """Answer GET …/policy-tests/{policy_test_id}/expectations."""
    test_id = path_id(call, "policy_test_id")
    async with acquire(call.resources.pool) as connection, one_moment(connection):
        found = await assessed(call, connection, test_id)
        lines = [await _first(call, connection, test_id, each) for each in found]
        why = await reasons_of(call, connection, test_id, [line for some in lines for line in some])
    return Answer(
        [
            to_row(
                *(index, each.expectation, each.result),
                Broken(each.broken, [row(line, why) for line in some], each.absent),
            )
            for index, (each, some) in enumerate(zip(found, lines, strict=True))
        ]
    )


async def _first(call: Call, connection: Connection, test_id: UUID, each: Assessed) -> list[Line]:
    """The first of those who break an expectation."""
    if not each.against:
        return []
    page = await pages.among(connection, call.account, test_id, each.against, (0, USERS_SHOWN))
    return [] if page is None else page.lines


ROUTES = (
    Route(
        *("GET", ONE + "/expectations", Scope.TESTS_READ, listed),
        *("Which expectations of a test hold, and who breaks the others", list[ExpectationRow]),
    ),
)
