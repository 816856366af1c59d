"""The job `import`: merge what an upload staged, batch by batch, each in one transaction.

A job stops after a while and announces the rest, so that no import stands in the way of another.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

from services.worker.ahead import ahead
from services.worker.merging import Merging
from services.worker.preparing import Preparer
from services.worker.work import TryAgain, Work, insist, whole
from shared.directory.errors import Refused
from shared.store import imports
from shared.store.errors import TRANSIENT
from shared.store.imports import ImportClaim
from shared.store.pool import Connection, acquire
from shared.wire.directory.batches import Prepared, Raw
from shared.wire.jobs import Hint, Kind

# A quarter of a segment of 65,536: few batches write a posting; a worker with its reader fits into 600 MB.
BATCH_ROWS = 16_384
JOB_SECONDS = 60.0
LEASE_SECONDS = 60.0  # a batch takes a second or three, a waiting lock up to ten more
RETRY_SECONDS = 1.0


async def import_directory(work: Work, hint: Hint) -> None:
    """Merge an import's batches for a while; raises TryAgain when the database does not let us."""
    claimed = await whole(_claim(work, hint))
    if claimed is not None:
        await _held(work, claimed)


async def _claim(work: Work, hint: Hint) -> ImportClaim | None:
    try:
        async with acquire(work.pool) as connection:
            return await imports.claim(connection, hint.account, hint.subject, _lease(work))
    except TRANSIENT as fault:
        raise TryAgain(RETRY_SECONDS) from fault


async def _held(work: Work, claimed: ImportClaim) -> None:
    """Do a claimed import for a while; whatever happens, nobody has to wait for the lease."""
    try:
        async with acquire(work.pool) as connection:
            await _merge_for_a_while(work, connection, claimed)
    except asyncio.CancelledError:
        await insist(work, partial(_pause, work, claimed))
        raise
    except TRANSIENT as fault:
        await insist(work, partial(_pause, work, claimed))
        raise TryAgain(RETRY_SECONDS) from fault


def _lease(work: Work) -> float:
    return max(LEASE_SECONDS, work.settings.lease_seconds)


async def _merge_for_a_while(work: Work, connection: Connection, claimed: ImportClaim) -> None:
    """Merge one batch after another, each while the next ones are read and prepared."""
    ends, preparer = time.monotonic() + JOB_SECONDS, Preparer()
    try:
        async with (
            aclosing(ahead(_prepared(work, claimed, preparer))) as batches,
            aclosing(Merging(connection, claimed, batches, _lease(work))) as merging,
        ):
            while merged := await merging.merge():
                if time.monotonic() > ends:
                    await _pause(work, claimed, connection)
                    return
        if merged is None:
            await imports.complete(connection, claimed)
    except Refused as refusal:
        await imports.fail(connection, claimed, str(refusal))
    finally:
        await preparer.close()


async def _pause(work: Work, claimed: ImportClaim, connection: Connection) -> None:
    """Let whoever is free take the rest."""
    hint = await imports.pause(connection, claimed)
    if hint is not None:
        await work.hints.announce([Hint(Kind.IMPORT, claimed.account, claimed.import_id, 0, hint)])


async def _prepared(work: Work, claimed: ImportClaim, preparer: Preparer) -> AsyncGenerator[Prepared, None]:
    """The batches of an import, read and indexed: the next one is fetched while one is prepared."""
    async with aclosing(ahead(_raw(work, claimed))) as batches:
        async for raw in batches:
            yield await preparer.prepare(raw)


async def _raw(work: Work, claimed: ImportClaim) -> AsyncGenerator[Raw, None]:
    """The batches of an import as they came."""
    after = -1
    while True:
        async with acquire(work.pool) as connection:
            blocks = await imports.blocks(connection, claimed, after, BATCH_ROWS)
        if not blocks:
            return
        after = blocks[-1].number
        yield Raw(claimed.format, claimed.header, blocks)
