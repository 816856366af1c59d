"""Calls: a word to all workers of a queue that something is on it. One that is missed costs a moment."""

import asyncio

from arq.connections import ArqRedis
from redis.exceptions import RedisError

from shared.process.logs import log
from shared.queue import connection
from shared.wire.jobs import Queue

LISTEN_SECONDS = 1.0
AGAIN_SECONDS = 0.5


def _channel(queue: Queue) -> str:
    return f"{queue.value}:called"


async def call(redis: ArqRedis, queue: Queue) -> None:
    """Say so; raises what the Redis client does."""
    await redis.publish(_channel(queue), b"")


async def listen(url: str, queue: Queue, called: asyncio.Event) -> None:
    """Set an event at each call, whatever Redis does meanwhile; until cancelled."""
    redis = connection.connect(url, retries=1)
    try:
        while True:
            try:
                await _listen(redis, queue, called)
            except (RedisError, OSError) as fault:
                log.debug("calls not heard", queue=queue.value, reason=type(fault).__name__)
                await asyncio.sleep(AGAIN_SECONDS)
    finally:
        await redis.aclose(close_connection_pool=True)


async def _listen(redis: ArqRedis, queue: Queue, called: asyncio.Event) -> None:
    async with redis.pubsub() as calls:
        await calls.subscribe(_channel(queue))
        while True:
            if await calls.get_message(timeout=LISTEN_SECONDS) is not None:
                called.set()
