"""Whatever goes away while a transfer is under way, its job ends, and all is there or nothing."""

import asyncio

import pytest

from shared.wire.jobs import Hint, Kind
from tests.faults.carried import Carried
from tests.faults.harness import Fleet, deliver
from tests.faults.transfers import WORKER, Transfers

SLOWLY = {"FAULTS_STEP_SECONDS": "0.1"}
DOWN_SECONDS = 1.5
# What the queue does is the same for all kinds: the one of the fewest steps shows it.
QUEUED = pytest.mark.parametrize("carried", ["results"], indirect=True)


@QUEUED
async def test_a_lost_redis_delays_transfers_and_no_more(there: Transfers, carried: Carried) -> None:
    async with Fleet(there.site.service, WORKER, 2, **SLOWLY) as fleet:
        jobs = [await carried.begin("peace", f"redis-{number}") for number in range(3)]
        await there.reached(jobs[0], "RUNNING")
        await there.site.flush()
        jobs.append(await carried.begin("peace", "redis-3"))
        await there.site.valkey.crash()
        jobs.append(await carried.begin("peace", "redis-4"))
        await asyncio.sleep(DOWN_SECONDS)
        await there.site.valkey.start()
        for begun in jobs:
            job = await there.ended(begun)
            assert job.state == "FINISHED"
            await carried.check(begun, job)
        assert fleet.deaths == 0
    await there.check_nothing_stray()


async def test_a_crashed_database_interrupts_a_transfer_that_is_done_all_the_same(
    there: Transfers, carried: Carried
) -> None:
    async with Fleet(there.site.service, WORKER, 2, **SLOWLY) as fleet:
        begun = await carried.begin("peace", "crash")
        await there.reached(begun, "RUNNING")
        await asyncio.sleep(0.5)
        await there.site.postgres.crash()
        await asyncio.sleep(DOWN_SECONDS)
        await there.site.postgres.start()
        job = await there.ended(begun)
        assert (job.state, fleet.deaths) == ("FINISHED", 0)
        assert job.attempt > 1
        await carried.check(begun, job)
    await there.check_nothing_stray()


@QUEUED
async def test_a_transfer_announced_three_times_is_done_once(there: Transfers, carried: Carried) -> None:
    async with Fleet(there.site.service, WORKER, 3, **SLOWLY) as fleet:
        async with fleet.held():
            begun = await carried.begin("peace", "thrice")
            await deliver(there.site.service, [Hint(Kind.TRANSFER, *begun)])
        job = await there.ended(begun)
        await deliver(there.site.service, [Hint(Kind.TRANSFER, *begun)], first=2000)
        await asyncio.sleep(1.0)
        assert (job.state, job.attempt) == ("FINISHED", 1)
        assert await there.now(begun) == job
        await carried.check(begun, job)
    await there.check_nothing_stray()


async def test_a_killed_transfer_leaves_nothing(there: Transfers, carried: Carried) -> None:
    async with Fleet(there.site.service, WORKER, 1, **SLOWLY) as fleet:
        begun, waiting = await carried.begin("peace", "killed"), await carried.begin("peace", "killed-2")
        await there.reached(begun, "RUNNING")
        for each in (waiting, begun):
            assert await there.kill(each)
            job = await there.now(each)
            assert (job.state, job.killed) == ("ERROR", True)
        after = await carried.begin("peace", "after")
        assert (await there.ended(after)).state == "FINISHED"
        for each in (waiting, begun):
            await carried.check(each, await there.now(each))
        assert (fleet.deaths, (await there.now(begun)).attempt) == (0, 1)
    await there.check_nothing_stray()


async def test_a_worker_told_to_stop_hands_a_transfer_over_at_once(
    there: Transfers, carried: Carried
) -> None:
    settings = {
        "GATEHOUSE_DRAIN_SECONDS": "0.1",
        "GATEHOUSE_LEASE_SECONDS": "60",
        "FAULTS_STEP_SECONDS": "0.2",
    }
    async with Fleet(there.site.service, WORKER, 1, **settings) as fleet:
        begun = await carried.begin("peace", "handed")
        await there.reached(begun, "RUNNING")
        fleet.end(fleet.ready[0])
        job = await there.ended(begun, 50)
        assert (job.state, job.attempt) == ("FINISHED", 2)
        await carried.check(begun, job)
    await there.check_nothing_stray()
