"""A transfer while it runs: how it says how far it is, and learns that it is to stop."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.worker.work import Work
from shared.directory.errors import Refused
from shared.process.logs import log
from shared.store import jobs
from shared.store.errors import TRANSIENT
from shared.store.jobs import JobClaim
from shared.store.pool import Connection, acquire

BEAT_SECONDS = 0.5


class Stopped(Exception):  # noqa: N818  # not an error: somebody asked for it, or somebody else has the job
    """The job was killed, or is another worker's by now."""


class RefusedInDetail(Refused):
    """Refused, and `result` says more than a sentence can: it is kept as the job's result."""

    def __init__(self, message: str, result: object) -> None:
        super().__init__(message)
        self.result = result


class Running:
    """A claimed job; `by` is whoever asked for it."""

    def __init__(self, work: Work, claimed: JobClaim) -> None:
        self.account, self.job_id, self.by = claimed.account, claimed.job_id, claimed.by
        self._work, self._claimed = work, claimed
        self._lease_seconds = work.settings.lease_seconds
        self._renewed = time.monotonic()
        self._done = 0
        self._total: int | None = None
        self._stopped = False
        self.finished = False

    async def total(self, items: int) -> None:
        """Say how many things there are; before each of them is done. Raises Stopped."""
        self._total = items
        await self._check()

    async def done(self, items: int) -> None:
        """Say that so many more are done; cheap, so as often as you like. Raises Stopped."""
        self._done += items
        await self._check()

    async def say(self, message: str) -> None:
        """Add to the job's log, for whoever reads it. Raises Stopped."""
        async with acquire(self._work.pool) as connection:
            self._stopped |= not await jobs.say(connection, self._claimed, message)
        await self._check()

    async def finish(self, connection: Connection, result: object) -> None:
        """End the job in the transaction that makes its result visible, as the last thing done in it.

        `result` is anything that msgspec makes JSON of. The transaction is READ COMMITTED, as by default: the
        last beat has changed the job since any older snapshot. Raises Stopped, which undoes it.
        """
        if not await jobs.finish(connection, self._claimed, self._done, self._total, result):
            self._stopped = True
            await self._check()
        self.finished = True

    async def _check(self) -> None:
        await asyncio.sleep(0)  # or one that never waits would keep its lease from being renewed
        if self._stopped or time.monotonic() > self._renewed + self._lease_seconds:
            raise Stopped

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Write progress and renew the lease until the block ends."""
        beating = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    async def _beat(self) -> None:
        pause = min(BEAT_SECONDS, self._lease_seconds / 4)
        while not self._stopped:
            await asyncio.sleep(pause)
            began = time.monotonic()
            try:
                async with acquire(self._work.pool) as connection:
                    mine = await self._renew(connection)
            except TRANSIENT:
                continue  # until the lease is over
            except Exception:  # noqa: BLE001  # whatever it is, the work itself will meet it
                log.exception("a transfer's lease was not renewed", job=str(self.job_id))
                continue
            self._stopped |= not (mine or self.finished)
            self._renewed = began

    async def _renew(self, connection: Connection) -> bool:
        return await jobs.renew(connection, self._claimed, self._done, self._total, self._lease_seconds)
