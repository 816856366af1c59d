"""Reads in rounds: whoever asks while one is under way is answered by the next, together with all others.

So many requests at once cost a few reads, and no answer is of a moment before it was asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")
# Seconds after which a round no longer waits for the one before: it may wait for a network that went silent.
PATIENCE = 0.25


class Rounds(Generic[Result]):
    """One kind of read: a round that is under way, if there is one, and those who wait for the next."""

    def __init__(self) -> None:
        self._under_way: asyncio.Task[Result] | None = None
        self._next: asyncio.Task[Result] | None = None

    async def get(self, read: Callable[[], Awaitable[Result]]) -> Result:
        """The result of a read that begins now or later; one caller that goes away takes it from nobody."""
        if self._next is None:
            self._next = asyncio.create_task(self._round(read))
            self._next.add_done_callback(_heard)
        return await asyncio.shield(self._next)

    async def _round(self, read: Callable[[], Awaitable[Result]]) -> Result:
        if self._under_way is not None:
            await asyncio.wait([self._under_way], timeout=PATIENCE)
        self._under_way, self._next = self._next, None
        return await read()


def _heard(done: asyncio.Task[Result]) -> None:
    """A failure that nobody waits for any more is none to be warned of."""
    if not done.cancelled():
        done.exception()
