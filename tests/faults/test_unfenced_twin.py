import asyncio

import pytest

from tests.faults.checks import check_all
from tests.faults.harness import Fleet, Site, chunk_hints, deliver
from tests.faults.population import MIXED, people
from tests.faults.watch import Watch

EVERYBODY = people(1000)
ENOUGH_SECONDS = 15.0


async def faulty_run(site: Site, module: str) -> None:
    """Duplicated hints and a killed worker; raises AssertionError for what does not hold afterwards."""
    async with Fleet(site.service, "services.worker", 1):
        client = await site.populated(EVERYBODY)
    watch = await Watch.start(client, MIXED.policies)
    await deliver(site.service, await chunk_hints(site.service, client, watch.test_id))
    async with Fleet(site.service, module, 3, FAULTS_CHUNK_SECONDS="0.2") as fleet:
        await asyncio.sleep(0.3)
        fleet.kill(fleet.ready[0])
        try:
            await watch.ended(ENOUGH_SECONDS)
            await check_all(site.service, watch, MIXED.expected(EVERYBODY))
        finally:
            await watch.stop()


async def test_the_fence_stands_where_its_twin_falls(site: Site) -> None:
    await faulty_run(site, "tests.faults.slow_worker")
    with pytest.raises(AssertionError) as found:
        await faulty_run(site, "tests.faults.unfenced_worker")
    print(found.value)
