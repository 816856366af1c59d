"""Tests that are cancelled or removed at the worst moments."""

import asyncio
from uuid import UUID

from services.worker import evaluate
from services.worker.sweep import Sweeper
from shared.store import chunks, policy_tests, pool
from shared.store.chunks import Claim
from tests.gateway.rows import ACME, lines, people, policy
from tests.worker.conftest import Jobs

COUNT = 200  # 13 segments of 16, two chunks
ROWS = "SELECT count(*) FROM policy_test_result WHERE account_id = $1 AND test_id = $2"
CHUNKS = "SELECT string_agg(state, ' ' ORDER BY number) FROM policy_test_chunk WHERE account_id = $1"


async def deleted(jobs: Jobs, test_id: str) -> None:
    answer = await jobs.client.call("DELETE", f"{{a}}/access/policy-tests/{test_id}")
    assert answer.status == 202, answer.body


async def claimed(jobs: Jobs, test_id: str) -> Claim:
    async with pool.acquire(jobs.work.pool) as connection:
        found = await chunks.claim(connection, jobs.account, UUID(test_id), 60)
    assert found is not None
    return found


async def test_a_queued_test_that_was_cancelled_is_never_planned(jobs: Jobs) -> None:
    await jobs.imported(people(COUNT))
    await jobs.imported(lines({"email": "one@acme.example"}))
    test_id = await jobs.started(policy(ACME))
    assert (await jobs.client.status(test_id))["state"] == "queued"
    await deleted(jobs, test_id)
    await jobs.planned(test_id)
    await jobs.evaluated(test_id, 0)
    status = await jobs.client.status(test_id)
    assert (status["status"], status["state"]) == ("blocked", "cancelled")
    assert (status["users_processed"], status["started_at"]) == (0, None)
    assert await jobs.value(CHUNKS) is None
    assert await jobs.client.users(test_id) == []


async def test_a_test_cancelled_while_it_is_planned_stays_cancelled(jobs: Jobs) -> None:
    await jobs.imported(people(COUNT))
    await jobs.imported(lines({"email": "one@acme.example"}))
    test_id = await jobs.started(policy(ACME))
    async with pool.acquire(jobs.work.pool) as connection:
        where = (connection, jobs.account, UUID(test_id))
        assert await policy_tests.claim_plan(*where, 60, 6) == (1, ("address", []))
        await deleted(jobs, test_id)
        directory = await policy_tests.users.pin(connection, jobs.account)
        assert await policy_tests.pin(*where, {}, directory) == 0
    assert (await jobs.client.status(test_id))["state"] == "cancelled"


async def test_a_chunk_that_is_evaluated_while_its_test_is_cancelled_does_not_count(jobs: Jobs) -> None:
    await jobs.imported(people(COUNT))
    test_id = await jobs.started(policy(ACME))
    held = await claimed(jobs, test_id)
    await deleted(jobs, test_id)
    await evaluate._held(jobs.work, held)
    assert await jobs.value(ROWS, UUID(test_id)) == 0
    assert (await jobs.client.status(test_id))["users_processed"] == 0
    assert await jobs.value(CHUNKS) == "running pending"
    await Sweeper(jobs.work).sweep()
    assert await jobs.value(CHUNKS) == "parked parked"


async def test_a_chunk_whose_test_was_removed_is_forgotten(jobs: Jobs) -> None:
    await jobs.imported(people(COUNT))
    test_id = await jobs.started(policy(ACME))
    held = await claimed(jobs, test_id)
    await deleted(jobs, test_id)
    await deleted(jobs, test_id)
    await evaluate._held(jobs.work, held)
    assert await jobs.value(ROWS, UUID(test_id)) == 0
    assert await jobs.value(CHUNKS) is None


async def test_a_test_is_removed_while_a_chunk_of_it_is_being_written(jobs: Jobs) -> None:
    """The worker holds the chunk and comes to the test; the removal must not hold the test and come to it."""
    await jobs.imported(people(COUNT))
    test_id = await jobs.started(policy(ACME))
    held = await claimed(jobs, test_id)
    where = (held.account, held.test_id)
    await deleted(jobs, test_id)
    async with pool.acquire(jobs.work.pool) as connection, connection.transaction():
        assert await connection.fetchval(chunks.SQL["fence"], *where, held.number, held.attempt)
        removing = asyncio.create_task(deleted(jobs, test_id))
        await asyncio.sleep(0.3)
        assert await connection.fetchval(chunks.SQL["count"], *where, 1, 1, 1) is None
    await removing
    assert (await jobs.client.call("GET", f"{{a}}/access/policy-tests/{test_id}")).status == 404


async def test_a_test_that_has_just_ended_is_not_removed_by_who_meant_to_cancel_it(jobs: Jobs) -> None:
    await jobs.imported(people(COUNT))
    test_id = await jobs.started(policy(ACME))
    await jobs.evaluated(test_id, 0)
    change = "UPDATE policy_test SET {} WHERE account_id = $1 AND test_id = $2 RETURNING true"
    running = change.format("state = 'processing', finished_at = NULL")
    assert await jobs.value(running, UUID(test_id))
    async with pool.acquire(jobs.work.pool) as connection, connection.transaction():
        ending = change.format("state = 'complete', finished_at = now()")
        assert await connection.fetchval(ending, jobs.account, UUID(test_id))
        cancelling = asyncio.create_task(deleted(jobs, test_id))
        await asyncio.sleep(0.3)
    await cancelling
    status = await jobs.client.status(test_id)
    assert (status["state"], status["users_processed"]) == ("complete", COUNT)


async def test_a_plan_of_many_addresses_waits_for_no_writer(jobs: Jobs) -> None:
    """Finding them takes a while; whoever changes users meanwhile need not wait."""
    await jobs.imported(people(COUNT))
    rules = [{"email": {"email": f"u{number}@acme.example"}} for number in range(2001)]
    test_id = await jobs.started(policy(*rules))
    assert (await jobs.client.status(test_id))["state"] == "queued"
    async with pool.acquire(jobs.work.pool) as connection, connection.transaction():
        await policy_tests.users.lock(connection, jobs.account)
        await asyncio.wait_for(jobs.planned(test_id), 5)
    assert (await jobs.client.status(test_id))["state"] == "processing"
