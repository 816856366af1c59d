"""The sweeper: finds work whose hint or worker was lost, ends what is overdue, removes what nobody needs.

Every worker runs it every second; an advisory lock lets one of them through.
"""

import time

from services.worker import metrics
from services.worker.work import Work
from shared.process.logs import log
from shared.store import results, sweeps, writing
from shared.store.errors import TRANSIENT
from shared.store.pool import Connection, acquire
from shared.store.sweeps import Lost
from shared.wire.jobs import Hint, Kind

TIDY_SECONDS = 30.0
LONG_LOG_ROWS = 20_000


class Sweeper:
    """One process's sweeper; it remembers when it last tidied up."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.tidied = self.cleared = time.monotonic()

    async def sweep(self) -> None:
        """One round. A database that is away is no matter: the next round comes."""
        try:
            async with acquire(self.work.pool) as connection:
                hints = await self._find(connection)
                if time.monotonic() > self.tidied + TIDY_SECONDS:
                    self.tidied = time.monotonic()
                    await tidy(self.work, connection)
        except TRANSIENT as fault:
            log.warning("sweep put off", reason=type(fault).__name__)
            return
        await self.work.hints.announce(hints)
        await self._clear()

    async def _clear(self) -> None:
        """Let the vault clear what no archive has. Last, and without a connection: a place may be slow."""
        if time.monotonic() < self.cleared + TIDY_SECONDS:
            return
        self.cleared = time.monotonic()
        try:
            metrics.SWEPT.labels("cleared parcel").inc(await self.work.vault.sweep())
        except TRANSIENT as fault:
            log.warning("vault not swept", reason=type(fault).__name__)

    async def _find(self, connection: Connection) -> list[Hint]:
        seconds = self.work.settings.rehint_seconds
        async with connection.transaction():
            if not await sweeps.try_lock(connection):
                return []
            if expired := await sweeps.expire(connection):
                metrics.SWEPT.labels("exceeded time").inc(expired)
            return [
                *_hints(Kind.EVALUATE, await sweeps.lost_chunks(connection, seconds)),
                *_hints(Kind.PLAN, await sweeps.lost_plans(connection, seconds)),
                *_hints(Kind.IMPORT, await sweeps.lost_imports(connection, seconds)),
                *_hints(Kind.TRANSFER, await sweeps.lost_jobs(connection, seconds)),
            ]


def _hints(kind: Kind, lost: list[Lost]) -> list[Hint]:
    if lost:
        metrics.SWEPT.labels(f"lost {kind.value}").inc(len(lost))
        log.info("announced again", kind=kind.value, count=len(lost))
    return [Hint(kind, *each) for each in lost]


async def tidy(work: Work, connection: Connection) -> None:
    """Forget old tests, imports, jobs and sessions, fold long logs, collect rows that no version needs."""
    async with connection.transaction():
        if not await sweeps.try_lock(connection):
            return
        await sweeps.forget(connection, work.settings.retention_days)
        await results.forget(connection)
        await sweeps.forget_sessions(connection)
        accounts = await sweeps.collectable(connection)
        logs = await sweeps.long_logs(connection, LONG_LOG_ROWS)
    for account in logs:
        async with connection.transaction():
            await writing.fold(connection, account)
    ends = time.monotonic() + TIDY_SECONDS / 2
    for account in accounts:
        collected = sweeps.COLLECT_ROWS
        while collected >= sweeps.COLLECT_ROWS and time.monotonic() < ends:
            async with connection.transaction():
                collected = await sweeps.collect(connection, account)
            metrics.SWEPT.labels("collected row").inc(collected)
