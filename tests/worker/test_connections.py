"""Connections to Redis end with what opened them; a worker that reconnects for days must not pile them up."""

import asyncio

from redis.asyncio import Redis

from services.worker import queues
from shared.queue.hints import Hints
from shared.wire.jobs import Queue
from tests.stack import Servers
from tests.worker.conftest import Jobs


async def connections(probe: Redis) -> int:
    await asyncio.sleep(0.1)
    return len(await probe.client_list())


async def test_closing_hints_closes_their_connections(own: Servers) -> None:
    async with Redis.from_url(own[1].url) as probe:
        before = await connections(probe)
        hints = Hints(own[1].url)
        assert await hints.reachable()
        assert await connections(probe) == before + 1
        await hints.close()
        assert await connections(probe) == before


async def test_closing_a_queue_closes_its_connections(own: Servers, jobs: Jobs) -> None:
    async with Redis.from_url(own[1].url) as probe:
        before = await connections(probe)
        worker = queues.build(jobs.work, Queue.IMPORTS, asyncio.Event())
        await worker.pool.ping()
        await queues._close(worker)
        assert await connections(probe) == before
