import asyncio
import time
from typing import Any

from tests.faults.checks import check_all
from tests.faults.harness import Fleet, Site
from tests.faults.population import ACME, MIXED, people
from tests.faults.watch import Watch
from tests.stack import Client

EVERYBODY, FEW = people(3000), people(60)
DOWN_SECONDS = 1.0
ANSWER_SECONDS = 3.0


class Starter:
    """Starts tests one after the other; remembers what was promised, and how it was refused."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.promised: list[str] = []
        self.refusals = 0
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            asked = time.monotonic()
            answer = await self.client.start(*ACME.policies)
            assert time.monotonic() - asked < ANSWER_SECONDS
            self._note(answer)
            await asyncio.sleep(0.03)

    def _note(self, answer: Any) -> None:
        if answer.status == 503:
            assert int(answer.headers["Retry-After"]) > 0
            self.refusals += 1
        else:
            assert answer.status == 200, answer
            self.promised.append(answer.result["id"])

    async def stop(self) -> None:
        if not self._task.done():
            self._task.cancel()
        (ending,) = await asyncio.gather(self._task, return_exceptions=True)
        assert isinstance(ending, asyncio.CancelledError), ending


async def test_a_crashed_database_loses_nothing_that_was_promised(site: Site) -> None:
    async with Fleet(site.service) as fleet:
        client, other = await site.populated(EVERYBODY), await site.populated(FEW)
        watch, starter = await Watch.start(client, MIXED.policies), Starter(other)
        await watch.reached(50)
        await site.postgres.crash()
        await asyncio.sleep(DOWN_SECONDS)
        await site.postgres.start()
        back = time.monotonic()
        await watch.ended()
        await asyncio.sleep(1.0)
        await starter.stop()
        await check_all(site.service, watch, MIXED.expected(EVERYBODY))
        for test_id in starter.promised:
            small = Watch(other, test_id)
            await small.ended()
            await check_all(site.service, small, ACME.expected(FEW))
    assert fleet.deaths == 0
    assert watch.refusals
    assert watch.slowest < ANSWER_SECONDS
    assert starter.refusals
    print(watch.refusals, watch.slowest, len(starter.promised), starter.refusals, watch.seconds, back)
