"""The job `plan` with few connections, with writers about, and when the database is in the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from uuid import UUID

import pytest

from services.worker.plan import plan
from services.worker.work import TryAgain, Work
from shared.store import pool, users
from shared.wire.jobs import Hint, Kind
from tests.gateway.rows import ACME, lines, people, policy
from tests.stack import Servers
from tests.worker.conftest import Jobs

COUNT = 200
MANY = [{"email": {"email": f"u{number}@acme.example"}} for number in range(2001)]
NOTHING_CHANGED = "UPDATE account SET version = version + 1 WHERE account_id = $1"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@asynccontextmanager
async def narrow(own: Servers, jobs: Jobs, seconds: float = 30) -> AsyncIterator[Work]:
    """A worker with one connection, whose statements take so long at most."""
    one = await pool.open_pool(own[0].dsn, 1, "narrow", seconds)
    yield jobs.work._replace(pool=one)
    await pool.close(one)


async def waiting(jobs: Jobs, number: int) -> None:
    """Until so many connections wait for a lock."""
    async with asyncio.timeout(10), pool.acquire(jobs.work.pool) as connection:
        while await connection.fetchval(WAITING) < number:
            await asyncio.sleep(0.02)


def hinted(jobs: Jobs, test_id: str) -> Hint:
    return Hint(Kind.PLAN, jobs.account, UUID(test_id))


async def test_one_connection_is_enough_for_many_addresses(own: Servers, jobs: Jobs) -> None:
    await jobs.imported(people(COUNT))
    test_id = await jobs.started(policy(*MANY))
    async with narrow(own, jobs) as work:
        await plan(work, hinted(jobs, test_id))
    await jobs.evaluated(test_id, 0)
    status = await jobs.client.status(test_id)
    assert (status["state"], status["users_approved"]) == ("complete", -(-COUNT // 3))


async def test_a_plan_that_failed_is_given_back_uncharged(own: Servers, jobs: Jobs) -> None:
    await jobs.imported(people(COUNT))
    test_id = await jobs.started(policy(*MANY))
    async with pool.acquire(jobs.work.pool) as connection, connection.transaction():
        await connection.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        async with narrow(own, jobs, 0.5) as work:
            with pytest.raises(TryAgain):
                await plan(work, hinted(jobs, test_id))
    state = "SELECT (attempt, lease_until IS NULL) FROM policy_test WHERE account_id = $1 AND test_id = $2"
    assert await jobs.value(state, UUID(test_id)) == (0, True)
    await jobs.planned(test_id)
    assert (await jobs.client.status(test_id))["state"] == "processing"


async def test_a_plan_that_is_cancelled_is_given_back(jobs: Jobs) -> None:
    await jobs.imported(people(COUNT))
    test_id = await jobs.started(policy(*MANY))
    async with pool.acquire(jobs.work.pool) as connection, connection.transaction():
        await connection.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        planning = asyncio.create_task(jobs.planned(test_id))
        await waiting(jobs, 1)
        planning.cancel()
        with pytest.raises(asyncio.CancelledError):
            await planning
    lease = "SELECT lease_until IS NULL FROM policy_test WHERE account_id = $1 AND test_id = $2"
    assert await jobs.value(lease, UUID(test_id))


async def test_finding_addresses_holds_up_no_writer_after_folding(jobs: Jobs) -> None:
    await jobs.imported(people(COUNT))
    await jobs.imported(lines({"email": "one@acme.example"}))
    test_id = await jobs.started(policy(*MANY))
    async with pool.acquire(jobs.work.pool) as locking, locking.transaction():
        await locking.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        planning = asyncio.create_task(jobs.planned(test_id))
        await waiting(jobs, 1)
        async with pool.acquire(jobs.work.pool) as writing, writing.transaction():
            directory = await asyncio.wait_for(users.lock(writing, jobs.account), 2)
            assert directory.folded == directory.version
    await planning
    assert (await jobs.client.status(test_id))["state"] == "processing"


async def test_a_writer_between_folding_and_pinning_makes_it_fold_again(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await jobs.imported(people(COUNT))
    await jobs.imported(lines({"email": "one@acme.example"}))
    test_id = await jobs.started(policy(ACME))
    pin, pins = users.pin, count(1)

    async def pinning(connection: pool.Connection, account: UUID) -> users.Directory:
        if next(pins) == 2:
            async with pool.acquire(jobs.work.pool) as writing:
                await writing.execute(NOTHING_CHANGED, account)
        return await pin(connection, account)

    monkeypatch.setattr(users, "pin", pinning)
    await jobs.planned(test_id)
    assert next(pins) == 4
    pinned = "SELECT version FROM policy_test WHERE account_id = $1 AND test_id = $2"
    folded = await jobs.value("SELECT folded FROM account WHERE account_id = $1")
    assert await jobs.value(pinned, UUID(test_id)) == folded
    assert await jobs.value("SELECT version FROM account WHERE account_id = $1") == folded


async def test_a_writer_that_comes_every_time_waits_in_the_end(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.worker.plan.FOLDS", 0)
    await jobs.imported(people(COUNT))
    await jobs.imported(lines({"email": "one@acme.example"}))
    test_id = await jobs.started(policy(ACME))
    await jobs.planned(test_id)
    await jobs.evaluated(test_id, 0, 1)
    assert (await jobs.client.status(test_id))["state"] == "complete"
