import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.faults.checks import check_all, evidence
from tests.faults.harness import Fleet, Site
from tests.faults.population import MIXED, people
from tests.faults.stopping_worker import CHUNK
from tests.faults.watch import Watch
from tests.stack import Client, Process

EVERYBODY = people(2000)
LEASE_SECONDS = 2.0


@pytest.fixture(scope="module")
async def fleet(site: Site) -> AsyncIterator[Fleet]:
    async with Fleet(site.service, "tests.faults.stopping_worker") as working:
        yield working
    assert working.deaths == 0


@pytest.fixture(scope="module")
async def client(site: Site, fleet: Fleet) -> Client:
    assert fleet.ready
    return await site.populated(EVERYBODY)


async def stopped(fleet: Fleet) -> Process:
    async with asyncio.timeout(20):
        while not fleet.stopped():
            await asyncio.sleep(0.02)
    return fleet.stopped()[0]


async def fenced(worker: Process, watch: Watch) -> None:
    """Return once a worker has logged that its first attempt came too late."""
    async with asyncio.timeout(20):
        while (event := await worker.event("chunk fenced"))["test"] != watch.test_id:
            await asyncio.sleep(0.02)
    assert (event["chunk"], event["attempt"]) == (CHUNK, 1)


async def test_the_late_commit_of_a_stopped_worker_is_fenced(
    site: Site, client: Client, fleet: Fleet
) -> None:
    watch = await Watch.start(client, MIXED.named("before").policies)
    worker = await stopped(fleet)
    async with asyncio.timeout(20):
        while (await evidence(site.service, client, watch.test_id)).chunks[CHUNK]["attempt"] < 2:
            await asyncio.sleep(0.02)
    fleet.go_on(worker)
    await fenced(worker, watch)
    await watch.ended()
    found = await check_all(site.service, watch, MIXED.expected(EVERYBODY))
    assert found.chunks[CHUNK]["attempt"] == 2


async def test_a_worker_stopped_long_after_the_end_is_fenced(
    site: Site, client: Client, fleet: Fleet
) -> None:
    watch = await Watch.start(client, MIXED.named("before").policies)
    worker = await stopped(fleet)
    await watch.ended()
    fleet.go_on(worker)
    await fenced(worker, watch)
    await check_all(site.service, watch, MIXED.expected(EVERYBODY))


async def test_a_worker_stopped_in_its_commit_counts_once(site: Site, client: Client, fleet: Fleet) -> None:
    watch = await Watch.start(client, MIXED.named("within").policies)
    worker = await stopped(fleet)
    await asyncio.sleep(LEASE_SECONDS + 1.5)
    fleet.go_on(worker)
    await watch.ended()
    await check_all(site.service, watch, MIXED.expected(EVERYBODY))
