import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from shared.wire.jobs import Hint, Kind
from tests.faults.checks import check_all, evidence
from tests.faults.harness import Fleet, Site, chunk_hints, consumed, deliver
from tests.faults.population import ACME, CASES, MIXED, lines, people, person
from tests.faults.watch import Watch
from tests.stack import Client, account_id

EVERYBODY = people(3000)
DOWN_SECONDS = 3.0


@pytest.fixture(scope="module")
async def fleet(site: Site) -> AsyncIterator[Fleet]:
    async with Fleet(site.service) as working:
        yield working
    assert working.deaths == 0


@pytest.fixture(scope="module")
async def client(site: Site, fleet: Fleet) -> Client:
    assert fleet.ready
    return await site.populated(EVERYBODY)


async def test_an_emptied_redis_loses_nothing(site: Site, client: Client) -> None:
    watches = [await Watch.start(client, case.policies) for case in CASES]
    await watches[0].reached(30)
    await site.flush()
    for case, watch in zip(CASES, watches, strict=True):
        await watch.ended()
        await check_all(site.service, watch, case.expected(EVERYBODY))


@pytest.mark.parametrize("ending", ["stop", "crash"])
async def test_a_restarted_redis_loses_nothing(site: Site, client: Client, ending: str) -> None:
    watch = await Watch.start(client, MIXED.policies)
    await watch.reached(30)
    await getattr(site.valkey, ending)()
    started_meanwhile = await Watch.start(client, ACME.policies)
    await asyncio.sleep(DOWN_SECONDS)
    await site.valkey.start()
    await asyncio.gather(watch.ended(), started_meanwhile.ended())
    await check_all(site.service, watch, MIXED.expected(EVERYBODY))
    await check_all(site.service, started_meanwhile, ACME.expected(EVERYBODY))


async def test_hints_delivered_three_times_at_once_count_once(
    site: Site, client: Client, fleet: Fleet
) -> None:
    async with fleet.held():
        watch = await Watch.start(client, MIXED.policies)
        hints = await chunk_hints(site.service, client, watch.test_id)
        await deliver(site.service, hints)
    await watch.ended()
    await consumed(site.service)
    before = await evidence(site.service, client, watch.test_id)
    await deliver(site.service, hints, first=2000)
    await consumed(site.service)
    assert before == await check_all(site.service, watch, MIXED.expected(EVERYBODY))


async def test_plan_hints_delivered_three_times_at_once_pin_once(
    site: Site, client: Client, fleet: Fleet
) -> None:
    changed = person(1, country="FR")
    assert (await client.imported(lines([changed])))["users_updated"] == 1
    async with fleet.held():
        watch = await Watch.start(client, MIXED.policies)
        plan = Hint(Kind.PLAN, account_id(client), UUID(watch.test_id))
        await deliver(site.service, [plan])
        assert (await client.status(watch.test_id))["state"] == "queued"
    await deliver(site.service, await chunk_hints(site.service, client, watch.test_id))
    await deliver(site.service, [plan], first=2000)
    await watch.ended()
    await consumed(site.service)
    await check_all(site.service, watch, MIXED.expected([*EVERYBODY, changed]))
