"""Announcing work. It never fails: what cannot be announced now, the sweeper announces later."""

import asyncio
from collections.abc import Iterable

from arq.connections import ArqRedis
from redis.exceptions import RedisError

from shared.process.logs import log
from shared.queue import calls, connection
from shared.wire.jobs import QUEUES, Hint, Queue, pack

PATIENCE_SECONDS = 1.0


class Hints:
    """The way to the queues."""

    def __init__(self, url: str) -> None:
        self._redis: ArqRedis = connection.connect(url, retries=1)

    async def announce(self, hints: Iterable[Hint]) -> None:
        """Put hints on their queues, waiting no longer than a moment for Redis."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                queues = set(await asyncio.gather(*(self._put(hint) for hint in hints)))
                await asyncio.gather(*(calls.call(self._redis, queue) for queue in queues))
        except (RedisError, OSError, TimeoutError) as fault:
            log.warning("hints not announced, the sweeper will", reason=type(fault).__name__)

    async def _put(self, hint: Hint) -> Queue:
        queue = QUEUES[hint.kind]
        name = hint.kind.value
        await self._redis.enqueue_job(name, pack(hint), _job_id=hint.job_id, _queue_name=queue.value)
        return queue

    async def reachable(self) -> bool:
        """Whether Redis answers."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._redis.ping()
        except (RedisError, OSError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose(close_connection_pool=True)
