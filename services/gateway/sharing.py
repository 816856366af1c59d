"""Reads that are asked for many times at once are made once: polls of one test, mostly.

Whoever asks while a read is under way gets its result. That is never older than what the same client saw
before: a client asks again after its answer, and by then the read that gave it has ended.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Sharing(Generic[Result]):
    """The reads that are under way, by what is read."""

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Future[Result]] = {}

    async def get(self, key: Hashable, read: Callable[[], Awaitable[Result]]) -> Result:
        """The result of a read; one caller that goes away takes it from nobody else."""
        running = self._running.get(key)
        if running is None:
            running = asyncio.ensure_future(read())
            self._running[key] = running
            running.add_done_callback(lambda done: self._end(key, done))
        return await asyncio.shield(running)

    def forget(self, key: Hashable) -> None:
        """Let nobody join a read that is under way: what it reads has changed since it began."""
        self._running.pop(key, None)

    def _end(self, key: Hashable, done: asyncio.Future[Result]) -> None:
        if self._running.get(key) is done:
            del self._running[key]
