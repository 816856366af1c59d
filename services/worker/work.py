"""What every job works with, and how jobs say that they should be tried again."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple, TypeVar

from services.worker.memory import PinnedTests, PostingMemory
from shared.process.logs import log
from shared.process.settings import Settings
from shared.queue.hints import Hints
from shared.store.errors import TRANSIENT
from shared.store.pool import Connection, Pool, acquire
from shared.vault.vault import Vault

Found = TypeVar("Found")


class TryAgain(Exception):  # noqa: N818  # an instruction to the queue, not an error
    """The job could not be done now; nothing was written, and it may be done later."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class Work(NamedTuple):
    """One process's resources."""

    settings: Settings
    pool: Pool
    hints: Hints
    postings: PostingMemory
    tests: PinnedTests
    vault: Vault


async def whole(deed: Coroutine[Any, Any, Found]) -> Found:
    """What a deed returns, which comes to its end though this be cancelled: that is felt at the next `await`.

    So a claim that was made is known and can be given back, and the giving back is not cut off.
    """
    doing, cancelled = asyncio.ensure_future(deed), False
    while not doing.done():
        try:
            await asyncio.wait({doing})
        except asyncio.CancelledError:
            cancelled = True
    me = asyncio.current_task()
    if cancelled and me is not None:
        me.cancel()
    return doing.result()


# What is given back is mostly given back because the database went away, and it may take this long to return.
PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0)


async def insist(work: Work, give_back: Callable[[Connection], Awaitable[None]]) -> None:
    """Give back what was claimed, whoever cancels this, and trying again while the database is away."""
    await whole(_insist(work, give_back))


async def _insist(work: Work, give_back: Callable[[Connection], Awaitable[None]]) -> None:
    for pause in PAUSES_SECONDS:
        try:
            async with acquire(work.pool) as connection:
                await give_back(connection)
        except TRANSIENT:
            await asyncio.sleep(pause)
        else:
            return
    log.warning("claim kept until its lease ends")
