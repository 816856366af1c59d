"""A worker may die at any step of a transfer: the job is done all the same, once, and nothing is left."""

import asyncio
import json

import pytest

from tests.faults.carried import Carried
from tests.faults.harness import Fleet
from tests.faults.transfers import WORKER, Begun, Transfers
from tests.stack import Process

LEASE_SECONDS = 2.0
WORKERS = 3


async def steps(fleet: Fleet, begun: Begun) -> list[str]:
    """The steps that a transfer took."""
    async with asyncio.timeout(10):
        while True:
            for line in fleet.log().splitlines():
                if '"transfer stepped"' in line and str(begun.job_id) in line:
                    return json.loads(line)["steps"]
            await asyncio.sleep(0.05)


def worth_dying_at(taken: list[str]) -> list[str]:
    """Each step when it is taken first, and those of the last transaction."""
    last = max(number for number, step in enumerate(taken) if step.partition("-")[0] == "commit")
    return list(dict.fromkeys([step for step in taken if "-" not in step] + taken[last - 1 :]))


async def test_a_worker_that_dies_at_any_step_leaves_no_trace(there: Transfers, carried: Carried) -> None:
    async with Fleet(there.site.service, WORKER, WORKERS, FAULTS_RISE="1") as fleet:
        peaceful = await carried.begin("peace", "1")
        await carried.check(peaceful, await there.ended(peaceful))
        due = worth_dying_at(await steps(fleet, peaceful))
        begun = [await carried.begin("die", step) for step in due]
        ended = await asyncio.gather(*(there.ended(each, 150) for each in begun))
        assert fleet.log().count('"worker ready"') == WORKERS + len(due)
    print(due, [job.attempt for job in ended])
    for each, job in zip(begun, ended, strict=True):
        assert (job.state, job.killed) == ("FINISHED", False)
        await carried.check(each, job)
    assert {job.attempt for job in ended} == {1, 2}
    await there.check_nothing_stray()


async def test_a_job_that_takes_every_worker_down_is_ended_and_harms_no_other(
    there: Transfers, carried: Carried
) -> None:
    async with Fleet(there.site.service, WORKER, 2) as fleet:
        poison, other = await carried.begin("always", "jobs.finish"), await carried.begin("peace", "2")
        ended, harmless = await there.ended(poison), await there.ended(other)
        assert fleet.deaths == 3
    assert (ended.state, ended.attempt, harmless.state, harmless.attempt) == ("ERROR", 3, "FINISHED", 1)
    assert ended.log[-1].message == "a fault of the service: the job stopped its worker 3 times"
    await carried.check(poison, ended)
    await carried.check(other, harmless)
    await there.check_nothing_stray()


async def stopped(fleet: Fleet) -> Process:
    async with asyncio.timeout(20):
        while not fleet.stopped():
            await asyncio.sleep(0.02)
    return fleet.stopped()[0]


# As it begins, and when it is about to end.
@pytest.mark.parametrize("when", ["early", "late"])
async def test_a_worker_that_comes_back_too_late_writes_nothing(
    there: Transfers, carried: Carried, when: str
) -> None:
    async with Fleet(there.site.service, WORKER, 2) as fleet:
        begun = await carried.begin("stop", getattr(carried, when))
        late = await stopped(fleet)
        job = await there.ended(begun)
        assert (job.state, job.attempt) == ("FINISHED", 2)
        await carried.check(begun, job)
        fleet.go_on(late)
        await late.event("transfer stepped")
        assert await there.now(begun) == job
        await carried.check(begun, job)
    assert fleet.deaths == 0
    await there.check_nothing_stray()


async def test_a_worker_that_comes_back_in_its_last_transaction_undoes_it(
    there: Transfers, carried: Carried
) -> None:
    async with Fleet(there.site.service, WORKER, 2) as fleet:
        begun = await carried.begin("stop", "jobs.finish")
        late = await stopped(fleet)
        await asyncio.sleep(LEASE_SECONDS + 1.5)
        assert (await there.now(begun)).state != "FINISHED"
        fleet.go_on(late)
        job = await there.ended(begun)
        assert (job.state, job.attempt) == ("FINISHED", 2)
        await carried.check(begun, job)
    await there.check_nothing_stray()
