import asyncio
from io import BytesIO

from tests.faults.checks import check_all
from tests.faults.harness import Fleet, Site, chance, chunk_hints, deliver
from tests.faults.population import CASES, EVERYONE, lines, people
from tests.faults.watch import Watch
from tests.stack import Client

SECONDS = 12.0
MANY, FEW = people(1600), people(300)


class Storm:
    """Faults of every kind, in an order that a seed makes."""

    def __init__(self, site: Site, fleet: Fleet, watches: list[Watch]) -> None:
        self.site, self.fleet, self.watches = site, fleet, watches
        self.dice = chance("chaos")
        rare = [self.restart_postgres, self.restart_redis, self.flush, self.stop_and_go_on, self.duplicate]
        self.faults = [*rare, self.duplicate, *[self.kill] * 6]

    async def kill(self) -> None:
        if self.fleet.ready:
            self.fleet.kill(self.dice.choice(self.fleet.ready))

    async def stop_and_go_on(self) -> None:
        if self.fleet.ready:
            worker = self.dice.choice(self.fleet.ready)
            self.fleet.stop(worker)
            await asyncio.sleep(self.dice.uniform(1.0, 3.0))
            self.fleet.go_on(worker)

    async def flush(self) -> None:
        await self.site.flush()

    async def restart_redis(self) -> None:
        await self.site.valkey.crash()
        await asyncio.sleep(self.dice.uniform(0.0, 1.0))
        await self.site.valkey.start()

    async def restart_postgres(self) -> None:
        await self.site.postgres.crash()
        await self.site.postgres.start()

    async def duplicate(self) -> None:
        watch = self.dice.choice(self.watches)
        hints = await chunk_hints(self.site.service, watch.client, watch.test_id)
        await deliver(self.site.service, hints, first=self.dice.randrange(10**6))

    async def rage(self) -> None:
        """Each fault once, then any, until the time is up."""
        loop = asyncio.get_running_loop()
        until, order = loop.time() + SECONDS, self.dice.sample(self.faults, len(self.faults))
        while loop.time() < until:
            fault = order.pop() if order else self.dice.choice(self.faults)
            print(fault.__name__)
            await fault()
            await asyncio.sleep(self.dice.uniform(0.1, 0.6))


async def test_everything_at_once(site: Site) -> None:
    async with Fleet(site.service, "services.worker", 1):
        accounts = [(await site.populated(those), those) for those in (MANY, FEW)]
    async with Fleet(site.service, "tests.faults.chaotic_worker", 3, FAULTS_CHUNK_SECONDS="0.3") as fleet:
        third = await site.service.tenant(segment_bits=4)
        uploaded = (await third.upload(BytesIO(lines(FEW, 2500)))).result["id"]
        runs = [
            (await Watch.start(client, case.policies), case.expected(those))
            for client, those in accounts * 2
            for case in CASES
        ]
        await Storm(site, fleet, [watch for watch, _ in runs]).rage()
        await asyncio.gather(*(watch.ended(60) for watch, _ in runs))
        for watch, expected in runs:
            await check_all(site.service, watch, expected)
        await check_import(site, third, uploaded)
        print(fleet.kills, max(watch.seconds for watch, _ in runs))


async def check_import(site: Site, client: Client, import_id: str) -> None:
    async with asyncio.timeout(30):
        while (status := (await client.call("GET", f"{{a}}/directory/imports/{import_id}")).result)[
            "status"
        ] == ("processing"):
            await asyncio.sleep(0.1)
    assert (status["status"], status["users_created"]) == ("complete", len(FEW))
    watch = await Watch.start(client, EVERYONE.policies)
    await watch.ended()
    await check_all(site.service, watch, EVERYONE.expected(FEW))
