"""A worker may die at any step of a transfer: the job is done all the same, once, and nothing is left over."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from tests.faults.carried import CARRIED, Carried
from tests.faults.harness import Fleet, Site
from tests.faults.transfers import WORKER, Begun, Transfers, transfers


@pytest.fixture(scope="module")
async def there(site: Site) -> AsyncIterator[Transfers]:
    async with transfers(site) as found:
        yield found


@pytest.fixture(scope="module", params=CARRIED)
async def carried(there: Transfers, request: pytest.FixtureRequest) -> Carried:
    async with Fleet(there.site.service, "services.worker", 1):
        return await CARRIED[request.param](there)


async def steps(fleet: Fleet, begun: Begun) -> list[str]:
    """The steps that a transfer took."""
    async with asyncio.timeout(10):
        while True:
            for line in fleet.log().splitlines():
                if '"transfer stepped"' in line and str(begun.job_id) in line:
                    return json.loads(line)["steps"]
            await asyncio.sleep(0.05)


def worth_dying_at(taken: list[str]) -> list[str]:
    """Each step when it is taken first, and every commit."""
    return [step for step in taken if "-" not in step or step.startswith("commit")]


async def test_a_worker_that_dies_at_any_step_leaves_no_trace(there: Transfers, carried: Carried) -> None:
    async with Fleet(there.site.service, WORKER, 3) as fleet:
        peaceful = await carried.begin("peace", "1")
        await carried.check(peaceful, await there.ended(peaceful))
        due = worth_dying_at(await steps(fleet, peaceful))
        begun = [await carried.begin("die", step) for step in due]
        ended = await asyncio.gather(*(there.ended(each, 150) for each in begun))
        assert fleet.deaths == len(due)
    print(due)
    for each, job in zip(begun, ended, strict=True):
        assert (job.state, job.killed) == ("FINISHED", False)
        await carried.check(each, job)
    assert {job.attempt for job in ended} == {1, 2}
    await there.check_nothing_stray()
