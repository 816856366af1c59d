"""The job `import`: merge what an upload staged, batch by batch, each in one transaction.

A job stops after a while and announces the rest, so that no import stands in the way of another.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import partial

from services.worker.ahead import ahead
from services.worker.merging import Batch, Merging, Step
from services.worker.preparing import Preparer, preparing
from services.worker.work import TryAgain, Work, insist, whole
from shared.directory.errors import Refused
from shared.store import imports, strangers, users
from shared.store.errors import TRANSIENT
from shared.store.imports import ImportClaim
from shared.store.pool import Connection, acquire
from shared.store.strangers import Place
from shared.wire.directory.batches import Raw
from shared.wire.jobs import Hint, Kind

# A quarter of a segment of 65,536: few batches write a posting; a worker with its reader fits into 600 MB.
BATCH_ROWS = 16_384
# Half a segment: of strangers little but their bytes is held.
STRANGERS_ROWS = 32_768
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
    """Merge one batch after another; as batches of strangers, if that is what they are likely to be."""
    merging = Merging(connection, claimed, _lease(work))
    ends = time.monotonic() + JOB_SECONDS
    place = await _place(connection, claimed)
    try:
        step = Step.KNOWN
        if place is not None:
            step = await _merge(merging, _settled(work, claimed, place), ends)
        if step is Step.KNOWN:
            step = await _merge(merging, _prepared(work, claimed), ends)
    except Refused as refusal:
        await imports.fail(connection, claimed, str(refusal))
        return
    if step is Step.FINISHED:
        await imports.complete(connection, claimed)
    elif step is Step.MERGED:
        await _pause(work, claimed, connection)


async def _place(connection: Connection, claimed: ImportClaim) -> Place | None:
    """Where strangers go; None if there may be users among those of the import whom the directory knows."""
    directory = await users.pin(connection, claimed.account)
    if directory.users and not await imports.brought_strangers(connection, claimed):
        return None
    return strangers.place(claimed.account, directory)


async def _merge(merging: Merging, batches: AsyncGenerator[Batch, None], ends: float) -> Step:
    """Merge until all is merged, something comes up, or time is over; each batch while the next are read."""
    async with aclosing(ahead(ahead(batches))) as coming:
        while (step := await merging.merge(coming)) is Step.MERGED and time.monotonic() <= ends:
            pass
    return step


async def _pause(work: Work, claimed: ImportClaim, connection: Connection) -> None:
    """Let whoever is free take the rest."""
    hint = await imports.pause(connection, claimed)
    if hint is not None:
        await work.hints.announce([Hint(Kind.IMPORT, claimed.account, claimed.import_id, 0, hint)])


async def _prepared(work: Work, claimed: ImportClaim) -> AsyncGenerator[Batch, None]:
    """The batches of an import, read and indexed."""
    async with _reading(work, claimed, BATCH_ROWS) as (preparer, batches):
        async for raw in batches:
            yield await preparer.prepare(raw)


async def _settled(work: Work, claimed: ImportClaim, place: Place) -> AsyncGenerator[Batch, None]:
    """The batches of an import, made ready for a directory that knows nobody of them."""
    async with _reading(work, claimed, STRANGERS_ROWS) as (preparer, batches):
        async for raw in batches:
            found = await preparer.settle(raw, place)
            place = place if found is None else place.after(found.users)
            yield found


@asynccontextmanager
async def _reading(
    work: Work, claimed: ImportClaim, rows: int
) -> AsyncIterator[tuple[Preparer, AsyncGenerator[Raw, None]]]:
    """Who prepares batches, and the batches: the next one is fetched while one is prepared."""
    async with preparing(claimed.rows) as preparer, aclosing(ahead(_raw(work, claimed, rows))) as batches:
        yield preparer, batches


async def _raw(work: Work, claimed: ImportClaim, rows: int) -> AsyncGenerator[Raw, None]:
    """The batches of an import as they came. The first is smaller, so that PostgreSQL soon has work."""
    after, most = -1, max(1, rows // 4)
    while True:
        async with acquire(work.pool) as connection:
            blocks = await imports.blocks(connection, claimed, after, most)
        if not blocks:
            return
        after, most = blocks[-1].number, rows
        yield Raw(claimed.format, claimed.header, blocks)
