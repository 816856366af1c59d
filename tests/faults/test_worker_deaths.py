import asyncio

import pytest

from tests.faults.checks import check_all
from tests.faults.harness import Fleet, Site, chance
from tests.faults.poisoned_worker import CHUNK, POLICY
from tests.faults.population import ACME, CASES, MIXED, people
from tests.faults.watch import Watch
from tests.stack import Client

EVERYBODY = people(3000)
LEASE_SECONDS = 2.0


@pytest.fixture(scope="module")
async def client(site: Site) -> Client:
    async with Fleet(site.service, "services.worker", 1):
        return await site.populated(EVERYBODY)


async def test_workers_killed_at_random_leave_no_trace(site: Site, client: Client) -> None:
    async with Fleet(site.service, size=3, FAULTS_CHUNK_SECONDS="0.1") as fleet:
        watches = [await Watch.start(client, case.policies) for case in CASES]
        killing = asyncio.create_task(fleet.kill_at_random(chance("deaths"), 10))
        await asyncio.gather(*(watch.ended(60) for watch in watches))
        killing.cancel()
        for case, watch in zip(CASES, watches, strict=True):
            found = await check_all(site.service, watch, case.expected(EVERYBODY))
            print(watch.seconds, [chunk["attempt"] for chunk in found.chunks])
    print(fleet.kills, fleet.deaths)
    assert fleet.kills >= 5


async def test_a_chunk_that_kills_its_worker_is_parked_and_harms_no_other(site: Site, client: Client) -> None:
    async with Fleet(site.service, "tests.faults.poisoned_worker") as fleet:
        other = await site.populated(people(200))
        poison = await Watch.start(client, MIXED.named(POLICY).policies)
        beside = await Watch.start(client, MIXED.policies)
        elsewhere = await Watch.start(other, ACME.policies)
        await asyncio.gather(poison.ended(), beside.ended(), elsewhere.ended())
        print(poison.seconds, beside.seconds, elsewhere.seconds, fleet.deaths)
        await check_all(site.service, beside, MIXED.expected(EVERYBODY))
        await check_all(site.service, elsewhere, ACME.expected(people(200)))
        found = await check_all(site.service, poison, MIXED.expected(EVERYBODY), "failed")
    assert poison.samples[-1]["status"] == "blocked"
    assert "stopped its worker 3 times" in found.test["failure"]
    assert (found.chunks[CHUNK]["state"], found.chunks[CHUNK]["attempt"], fleet.deaths) == ("parked", 3, 3)
    assert {chunk["attempt"] for chunk in found.chunks if chunk["number"] != CHUNK} <= {0, 1}


async def test_a_test_out_of_time_leaves_no_chunk_in_anybodys_hands(site: Site, client: Client) -> None:
    async with Fleet(site.service, size=3, FAULTS_CHUNK_SECONDS="0.3") as fleet:
        watch = await Watch.start(client, MIXED.policies)
        await watch.reached(15)
        fleet.kill(fleet.ready[0])
        await end_soon(site, watch)
        await watch.ended()
        await asyncio.sleep(LEASE_SECONDS + 2.5)
        await check_all(site.service, watch, MIXED.expected(EVERYBODY), "exceeded_time")
    assert 0 < watch.samples[-1]["users_processed"] < len(EVERYBODY)


async def end_soon(site: Site, watch: Watch) -> None:
    """Leave a test hardly any time."""
    connection = await site.service.connect()
    try:
        await connection.execute(
            "UPDATE policy_test SET deadline = now() + interval '0.1 s' WHERE test_id::text = $1",
            watch.test_id,
        )
    finally:
        await connection.close()
