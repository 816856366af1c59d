"""What every job works with, and how jobs say that they should be tried again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from services.worker.memory import PinnedTests, PostingMemory
from shared.process.logs import log
from shared.process.settings import Settings
from shared.queue.hints import Hints
from shared.store.errors import TRANSIENT
from shared.store.pool import Connection, Pool, acquire
from shared.vault.vault import Vault


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


# What is given back is mostly given back because the database went away, and it may take this long to return.
PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0)


async def insist(work: Work, give_back: Callable[[Connection], Awaitable[None]]) -> None:
    """Give back what was claimed, trying again while the database is away; after that the lease must end."""
    for pause in PAUSES_SECONDS:
        try:
            async with acquire(work.pool) as connection:
                await give_back(connection)
        except TRANSIENT:
            await asyncio.sleep(pause)
        else:
            return
    log.warning("claim kept until its lease ends")
