"""How a test goes, and once it is complete how it stands beside the base that it was started with."""

import asyncio
from uuid import UUID

from services.gateway import assessment
from services.gateway.assessment import BySegment
from services.gateway.cloudflare import envelope
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.routing import Answer, Call
from shared.policy import comparison
from shared.policy.comparison import Balance
from shared.policy.verdicts import NOBODY
from shared.store import comparisons, policy_tests
from shared.store.pool import Connection, acquire, one_moment
from shared.wire.cloudflare.comparisons import TestStatus, to_status


async def status(call: Call) -> Answer:
    """Answer GET …/policy-tests/{policy_test_id}."""
    test_id = path_id(call, "policy_test_id")

    async def read() -> TestStatus | None:
        async with acquire(call.resources.pool) as connection:
            return await _status(connection, call.account, test_id)

    found = await call.resources.runs.get((call.account, test_id), read)
    if found is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    return Answer(found)


async def _status(connection: Connection, account: UUID, test_id: UUID) -> TestStatus | None:
    run = await policy_tests.run(connection, account, test_id)
    if run is None or run.base_id is None or run.state != "complete":
        return None if run is None else to_status(run, None)
    balance = await comparisons.whole(connection, account, test_id)
    return to_status(run, balance or await _made_good(connection, account, test_id, run.base_id))


async def _made_good(connection: Connection, account: UUID, test_id: UUID, base_id: UUID) -> Balance | None:
    """What the chunks have not said, or there were none; None if either test is gone.

    Not kept: clients stop asking when a test is complete, and reading writes nothing.
    """
    async with one_moment(connection):
        for each in (base_id, test_id):
            run = await policy_tests.run(connection, account, each)
            if run is None or run.state != "complete":
                return None
        base = await assessment.verdicts(connection, account, base_id)
        other = await assessment.verdicts(connection, account, test_id)
    return await asyncio.to_thread(_balance, base, other)


def _balance(base: BySegment, other: BySegment) -> Balance:
    return comparison.balance(
        (base.get(segment, NOBODY), other.get(segment, NOBODY)) for segment in {*base, *other}
    )
