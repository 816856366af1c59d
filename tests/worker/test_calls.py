"""Workers come when they are called, and by themselves when a call went unheard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace
from redis.asyncio import Redis

from services.standalone.valkey import Valkey
from services.worker import queues
from services.worker.work import TryAgain, Work
from shared.queue.hints import Hints
from shared.wire.jobs import Hint, Kind, Queue, pack
from tests.stack import Servers
from tests.worker.conftest import Jobs

NEVER, SOON = 3600.0, 0.3


class Done:
    """A job that only says when it was done."""

    def __init__(self, patch: pytest.MonkeyPatch, poll_seconds: float) -> None:
        self.subjects: asyncio.Queue[UUID] = asyncio.Queue()
        self.again = 0
        patch.setitem(queues.JOBS, Kind.TRANSFER, self._do)
        patch.setitem(queues.POLL_SECONDS, Queue.TRANSFERS, poll_seconds)

    async def _do(self, _: Work, hint: Hint) -> None:
        if self.again:
            self.again -= 1
            raise TryAgain(0)
        await self.subjects.put(hint.subject)

    async def next(self, seconds: float = 10) -> UUID:
        return await asyncio.wait_for(self.subjects.get(), seconds)


def hint() -> Hint:
    return Hint(Kind.TRANSFER, uuid4(), uuid4())


@asynccontextmanager
async def working(work: Work) -> AsyncIterator[None]:
    """A worker of the queue, once it listens."""
    stopping = asyncio.Event()
    running = asyncio.create_task(queues.keep_running(work, Queue.TRANSFERS, stopping))
    async with Redis.from_url(work.settings.redis_url) as probe, asyncio.timeout(10):
        while not await probe.pubsub_channels():
            await asyncio.sleep(0.02)
    try:
        yield
    finally:
        stopping.set()
        await running


async def test_a_worker_that_is_called_comes_at_once(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    done = Done(monkeypatch, NEVER)
    async with working(jobs.work):
        for coming in (hint(), hint()):
            await jobs.work.hints.announce([coming])
            assert await done.next() == coming.subject


async def test_who_makes_way_goes_on_without_a_call(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    done, coming = Done(monkeypatch, NEVER), hint()
    done.again = 3
    async with working(jobs.work):
        await jobs.work.hints.announce([coming])
        assert await done.next() == coming.subject


async def test_an_unheard_call_is_made_good_for(
    own: Servers, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, coming = Done(monkeypatch, SOON), hint()
    async with working(jobs.work):
        redis = queues.connection.connect(own[1].url, 1)
        where = {"_job_id": coming.job_id, "_queue_name": Queue.TRANSFERS.value}
        await redis.enqueue_job(Kind.TRANSFER.value, pack(coming), **where)
        await redis.aclose(close_connection_pool=True)
        assert await done.next() == coming.subject


async def test_calls_are_heard_again_after_redis_was_away(
    jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Done(monkeypatch, SOON)
    async with Valkey(tmp_path, persist=False) as valkey:
        hints = Hints(valkey.url)
        work = jobs.work._replace(settings=replace(jobs.work.settings, redis_url=valkey.url))
        async with working(work):
            await valkey.crash()
            await valkey.start()
            async with Redis.from_url(valkey.url) as probe, asyncio.timeout(20):
                while not await probe.pubsub_channels():
                    await asyncio.sleep(0.05)
            coming = hint()
            await hints.announce([coming])
            assert await done.next(20) == coming.subject
        await hints.close()
