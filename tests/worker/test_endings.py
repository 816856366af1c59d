"""Tests end in time, and workers end in peace."""

import asyncio
import signal
import time
from typing import Any

from tests.gateway.rows import people, policy
from tests.stack import Client, Service, account_id

COUNT = 300  # 19 segments of 16, three chunks
HOLD = (
    "UPDATE policy_test_chunk SET state = 'running', lease_until = now() + interval '1 hour' WHERE number = 2"
)
CHUNKS = "SELECT state, attempt, given_back FROM policy_test_chunk WHERE account_id = $1 ORDER BY number"


async def directory(service: Service) -> Client:
    """Users in three chunks, and no worker any more."""
    client = await service.tenant(segment_bits=4)
    await client.imported(people(COUNT))
    await stopped(service)
    return client


async def stopped(service: Service) -> int:
    return await service.workers[-1].end()


async def query(service: Service, text: str, *arguments: object) -> list[Any]:
    connection = await service.connect()
    try:
        return await connection.fetch(text, *arguments)
    finally:
        await connection.close()


async def test_what_is_done_by_the_deadline_stands(alone: Service) -> None:
    client = await directory(alone)
    test_id = (await client.start(policy())).result["id"]
    await query(alone, "UPDATE policy_test SET deadline = now() + interval '1 hour'")
    await query(alone, HOLD)
    worker = await alone.add_worker()
    async with asyncio.timeout(60):
        while (await client.status(test_id))["users_processed"] < 256:
            await asyncio.sleep(0.05)
    await query(alone, "UPDATE policy_test SET deadline = now()")
    status = await client.ended(test_id)
    assert (status["status"], status["state"]) == ("exceeded time", "exceeded_time")
    assert (status["users_approved"], status["users_processed"], status["total_users"]) == (256, 256, COUNT)
    assert (status["percent_users_processed"], status["percent_approved"]) == (85, 100)
    assert status["finished_at"]
    assert len(await client.users(test_id)) == 256
    await query(alone, "UPDATE policy_test_chunk SET state = 'pending', lease_until = NULL WHERE number = 2")
    await asyncio.sleep(2)
    assert await client.status(test_id) == status
    assert worker.process is not None
    assert worker.process.returncode is None


async def test_a_test_that_nobody_could_plan_ends_in_time(alone: Service) -> None:
    client = await directory(alone)
    await query(alone, "UPDATE account SET folded = version - 1 WHERE account_id = $1", account_id(client))
    test_id = (await client.start(policy())).result["id"]
    await query(alone, "UPDATE policy_test SET lease_until = now() + interval '1 hour'")
    await alone.add_worker()
    status = await client.ended(test_id)
    assert (status["status"], status["users_processed"], status["percent_approved"]) == (
        "exceeded time",
        0,
        0,
    )
    assert await client.users(test_id) == []


async def test_a_worker_told_to_stop_gives_back_what_it_holds(alone: Service) -> None:
    client = await directory(alone)
    test_id = (await client.start(policy())).result["id"]
    await query(alone, "UPDATE policy_test SET deadline = now() + interval '1 hour'")
    connection = await alone.connect()
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE policy_test_result IN ACCESS EXCLUSIVE MODE")
            worker = await alone.add_worker()
            async with asyncio.timeout(5):
                while "running" not in [
                    row["state"] for row in await connection.fetch(CHUNKS, account_id(client))
                ]:
                    await asyncio.sleep(0.05)
            began = time.monotonic()
            assert await worker.end(signal.SIGTERM) == 0
            assert time.monotonic() - began < 5
            chunks = await connection.fetch(CHUNKS, account_id(client))
    finally:
        await connection.close()
    assert {row["state"] for row in chunks} == {"pending"}
    assert sum(row["given_back"] for row in chunks) == sum(row["attempt"] for row in chunks) == 1
    await alone.add_worker()
    assert (await client.ended(test_id))["users_approved"] == COUNT


async def test_a_worker_told_to_stop_ends_every_time(alone: Service) -> None:
    await stopped(alone)
    for _ in range(2):
        workers = [await alone.add_worker() for _ in range(3)]
        assert await asyncio.gather(*(worker.end(signal.SIGTERM) for worker in workers)) == [0, 0, 0]
