"""Starting a policy test, once for each request however often it is sent."""

from typing import NamedTuple
from uuid import UUID, uuid4

from services.gateway.auth import Scope
from services.gateway.cloudflare import envelope, repetition
from services.gateway.cloudflare.preparation import prepare
from services.gateway.routing import Answer, Call
from shared.store import expectations, policy_tests
from shared.store.expectations import Expected
from shared.store.policy_tests import Start
from shared.store.pool import Connection, acquire
from shared.wire.cloudflare.policy_tests import Asked, Started
from shared.wire.faults import Fault, Faulty
from shared.wire.jobs import Hint, Kind, evaluations

KEY_LIMIT = 255


class Begun(NamedTuple):
    """A test that was started, by this request or by an earlier one that was the same."""

    test_id: UUID
    hints: list[Hint]


async def start(call: Call) -> Answer:
    """Answer POST …/policy-tests."""
    asked: Asked = call.body
    if asked.entitlement is not None and not call.caller.may(Scope.ENTITLEMENTS_READ):
        raise envelope.lacks_scope(Scope.ENTITLEMENTS_READ.value)
    key = call.request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= KEY_LIMIT:
        raise Faulty(Fault(f"`Idempotency-Key` has 1 to {KEY_LIMIT} characters"))
    async with acquire(call.resources.pool) as connection:
        begun = await _begun(connection, call, asked, key)
    await call.resources.hints.announce(begun.hints)
    return Answer(Started(begun.test_id))


async def _begun(connection: Connection, call: Call, asked: Asked, key: str | None) -> Begun:
    # What the first request referred to may be gone when it is sent again: so this comes before looking.
    faults = asked.policies.faults or asked.expectations.selectors.faults
    earlier = None if faults else await _earlier(connection, call, asked, key)
    if earlier is not None:
        return Begun(earlier, [])
    await _check_room(connection, call)  # resolving may cost a lot; this says no before it
    plan, source, expected = await prepare(connection, call, asked)
    seconds = call.resources.settings.deadline_seconds
    wanted = Start(call.account, uuid4(), plan, call.caller.token_id, asked.digest, key, seconds, source)
    async with connection.transaction():
        await policy_tests.serialise_starts(connection, call.account)
        earlier = await _earlier(connection, call, asked, key)
        if earlier is not None:
            return Begun(earlier, [])
        return await _begin(connection, call, wanted, expected)


async def _begin(connection: Connection, call: Call, wanted: Start, expected: Expected) -> Begun:
    await _check_room(connection, call)
    hints = await policy_tests.start(connection, wanted)
    if expected != Expected():
        await expectations.insert(connection, wanted.account, wanted.test_id, expected)
    if hints.plan:
        return Begun(wanted.test_id, [Hint(Kind.PLAN, wanted.account, wanted.test_id)])
    return Begun(wanted.test_id, evaluations(wanted.account, wanted.test_id, hints.chunks))


async def _check_room(connection: Connection, call: Call) -> None:
    """Raises Failed where one test more would be too many; only under `serialise_starts` is that for sure."""
    limit = call.resources.settings.running_tests
    if await policy_tests.running(connection, call.account) >= limit:
        raise envelope.too_many(f"{limit} tests of this account are running, wait for one to end")


async def _earlier(connection: Connection, call: Call, asked: Asked, key: str | None) -> UUID | None:
    """The test that the same request started before; raises Failed if its key stands for another body."""
    token_id = call.caller.token_id
    if key is not None:
        found = await policy_tests.same_key(connection, call.account, token_id, key)
        if found is not None and found.body_digest != asked.digest:
            raise envelope.conflict("this Idempotency-Key came with another body before")
        return None if found is None else found.test_id
    if not repetition.says_again(call):
        return None
    return await policy_tests.same_body(connection, call.account, token_id, asked.digest, repetition.SECONDS)
