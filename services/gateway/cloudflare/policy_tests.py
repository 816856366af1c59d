"""Policy tests: start one, see how it goes, page through its users."""

from typing import NamedTuple
from uuid import UUID, uuid4

from services.gateway import pages
from services.gateway.cloudflare import envelope
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.cloudflare.query import TestUsers
from services.gateway.routing import Answer, Call
from shared.policy.plan import Plan
from shared.policy.screening.policy import Policy
from shared.store import policy_tests
from shared.store.policy_tests import Start
from shared.store.pool import Connection, acquire
from shared.wire.cloudflare.envelope import page_info
from shared.wire.cloudflare.policies import Decoded
from shared.wire.cloudflare.policy_tests import ROW_STATUS, Asked, Row, Run, Started, to_progress
from shared.wire.faults import Fault, Faulty
from shared.wire.jobs import Hint, Kind, evaluations

# Within this time the same body from the same token, sent again by a client that says it tries again, is the
# same request: the official clients repeat a POST whose answer was lost, without saying which it was.
REPEAT_SECONDS = 60.0
KEY_LIMIT = 255


class Begun(NamedTuple):
    """A test that was started, by this request or by an earlier one that was the same."""

    test_id: UUID
    hints: list[Hint]


def resolved(decoded: Decoded) -> Plan:
    """The plan of some policies; raises Faulty for all that is wrong, what is not there included."""
    unknown = [
        Fault(f"`{_name(each.reference)}` does not exist", each.pointer) for each in decoded.references
    ]
    if decoded.faults or unknown:
        raise Faulty(*decoded.faults, *unknown)
    return Plan(tuple(policy for policy in decoded.policies if isinstance(policy, Policy)))


def _name(reference: object) -> str:
    return str(getattr(reference, "id", reference))[:64]


async def start(call: Call) -> Answer:
    """Answer POST …/policy-tests."""
    given: Asked = call.body
    plan = resolved(given.policies)
    key = call.request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= KEY_LIMIT:
        raise Faulty(Fault(f"`Idempotency-Key` has 1 to {KEY_LIMIT} characters"))
    seconds = call.resources.settings.deadline_seconds
    asked = Start(call.account, uuid4(), plan, call.caller.token_id, given.digest, key, seconds)
    async with acquire(call.resources.pool) as connection, connection.transaction():
        begun = await _begin(connection, call, asked)
    await call.resources.hints.announce(begun.hints)
    return Answer(Started(begun.test_id))


async def _begin(connection: Connection, call: Call, asked: Start) -> Begun:
    await policy_tests.serialise_starts(connection, asked.account)
    earlier = await _earlier(connection, call, asked)
    if earlier is not None:
        return Begun(earlier, [])
    limit = call.resources.settings.running_tests
    if await policy_tests.running(connection, asked.account) >= limit:
        raise envelope.too_many(f"{limit} tests of this account are running, wait for one to end")
    hints = await policy_tests.start(connection, asked)
    if hints.plan:
        return Begun(asked.test_id, [Hint(Kind.PLAN, asked.account, asked.test_id)])
    return Begun(asked.test_id, evaluations(asked.account, asked.test_id, hints.chunks))


async def _earlier(connection: Connection, call: Call, asked: Start) -> UUID | None:
    """The test that the same request started before; raises Failure if its key stands for another body."""
    if asked.idempotency_key is not None:
        found = await policy_tests.same_key(connection, asked.account, asked.token_id, asked.idempotency_key)
        if found is not None and found.body_digest != asked.body_digest:
            raise envelope.conflict("this Idempotency-Key came with another body before")
        return None if found is None else found.test_id
    if call.request.headers.get("x-stainless-retry-count", "0") in ("", "0"):
        return None
    return await policy_tests.same_body(
        connection, asked.account, asked.token_id, asked.body_digest, REPEAT_SECONDS
    )


async def status(call: Call) -> Answer:
    """Answer GET …/policy-tests/{policy_test_id}."""
    test_id = path_id(call, "policy_test_id")

    async def read() -> Run | None:
        async with acquire(call.resources.pool) as connection:
            return await policy_tests.run(connection, call.account, test_id)

    run = await call.resources.runs.get((call.account, test_id), read)
    if run is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    return Answer(to_progress(run))


async def users(call: Call) -> Answer:
    """Answer GET …/policy-tests/{policy_test_id}/users."""
    test_id = path_id(call, "policy_test_id")
    asked: TestUsers = call.query
    async with acquire(call.resources.pool) as connection:
        window = (asked.skip, asked.per_page)
        found = await pages.find(connection, call.account, test_id, asked.verdict, window)
    if found is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    rows = [Row(line.user_id, line.email, line.name, ROW_STATUS[line.verdict]) for line in found.lines]
    return Answer(rows, page_info(asked.page, asked.per_page, len(rows), found.total))
