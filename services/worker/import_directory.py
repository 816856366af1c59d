"""The job `import`: merge what an upload staged, batch by batch, each in one transaction.

A job stops after a while and announces the rest, so that no import stands in the way of another.
"""

import asyncio
import time
from collections.abc import Iterator
from functools import partial
from uuid import uuid4

from msgspec import Struct

from services.worker import metrics
from services.worker.work import TryAgain, Work, insist
from shared.directory.errors import Refused
from shared.directory.merge import Merged, Record, Rejection, merge
from shared.directory.movement import Movement
from shared.process.logs import log
from shared.store import imports, users, writing
from shared.store.errors import TRANSIENT
from shared.store.imports import Batch, ImportClaim
from shared.store.pool import Connection, acquire
from shared.wire.directory.blocks import Block
from shared.wire.directory.records import ndjson_records
from shared.wire.directory.spreadsheet import Header, csv_records
from shared.wire.jobs import Hint, Kind

BATCH_ROWS = 32_768  # half a segment: few batches write a posting, and three of them fit into memory
AHEAD = 1  # batches read and waiting, beside the one that is being read
JOB_SECONDS = 60.0
LEASE_SECONDS = 60.0  # a batch takes a second or three, a waiting lock up to ten more
RETRY_SECONDS = 1.0


class Parsed(Struct):
    """A batch as read: the last block's number, the records, the rows that are none."""

    last_block: int
    records: list[Record]
    rejections: list[Rejection]


async def import_directory(work: Work, hint: Hint) -> None:
    """Merge an import's batches for a while; raises TryAgain when the database does not let us."""
    try:
        async with acquire(work.pool) as connection:
            claimed = await imports.claim(connection, hint.account, hint.subject, _lease(work))
    except TRANSIENT as fault:
        raise TryAgain(RETRY_SECONDS) from fault
    if claimed is not None:
        await _held(work, claimed)


async def _held(work: Work, claimed: ImportClaim) -> None:
    """Do a claimed import for a while; whatever happens, nobody has to wait for the lease."""
    try:
        async with acquire(work.pool) as connection:
            await _merge_for_a_while(work, connection, claimed)
    except asyncio.CancelledError:
        await asyncio.shield(insist(work, partial(_pause, work, claimed)))
        raise
    except TRANSIENT as fault:
        await insist(work, partial(_pause, work, claimed))
        raise TryAgain(RETRY_SECONDS) from fault


def _lease(work: Work) -> float:
    return max(LEASE_SECONDS, work.settings.lease_seconds)


async def _merge_for_a_while(work: Work, connection: Connection, claimed: ImportClaim) -> None:
    ends = time.monotonic() + JOB_SECONDS
    batches: asyncio.Queue[Parsed | Exception | None] = asyncio.Queue(AHEAD)
    parsing = asyncio.create_task(_parse_all(work, claimed, batches))
    try:
        while (parsed := await batches.get()) is not None:
            if isinstance(parsed, Exception):
                raise parsed
            if not await _merge_batch(connection, claimed, parsed, _lease(work)):
                return
            if time.monotonic() > ends:
                await _pause(work, claimed, connection)
                return
        await imports.complete(connection, claimed)
    except Refused as refusal:
        await imports.fail(connection, claimed, str(refusal))
    finally:
        parsing.cancel()
        await asyncio.gather(parsing, return_exceptions=True)


async def _pause(work: Work, claimed: ImportClaim, connection: Connection) -> None:
    """Let whoever is free take the rest."""
    hint = await imports.pause(connection, claimed)
    if hint is not None:
        await work.hints.announce([Hint(Kind.IMPORT, claimed.account, claimed.import_id, 0, hint)])


async def _parse_all(
    work: Work, claimed: ImportClaim, into: "asyncio.Queue[Parsed | Exception | None]"
) -> None:
    """Read batches while others are written; after the last comes None, after a failure the failure."""
    last = -1
    try:
        while (parsed := await _parse_next(work, claimed, last)) is not None:
            last = parsed.last_block
            await into.put(parsed)
        await into.put(None)
    except Exception as fault:  # noqa: BLE001  # raised again by whoever waits for the next batch
        await into.put(fault)


async def _parse_next(work: Work, claimed: ImportClaim, after: int) -> Parsed | None:
    """The batch of rows after a block; None at the end."""
    async with acquire(work.pool) as connection:
        blocks = await imports.blocks(connection, claimed, after, BATCH_ROWS)
    return await asyncio.to_thread(_parse, claimed, blocks) if blocks else None


def _parse(claimed: ImportClaim, blocks: list[Block]) -> Parsed:
    parsed = Parsed(blocks[-1].number, [], [])
    for row in _rows(claimed, blocks):
        if isinstance(row, Record):
            parsed.records.append(row)
        else:
            parsed.rejections.append(row)
    return parsed


def _rows(claimed: ImportClaim, blocks: list[Block]) -> Iterator[Record | Rejection]:
    header = Header(claimed.header) if claimed.format == "csv" else None
    for block in blocks:
        if header is None:
            yield from ndjson_records(block.data, block.first_line)
        else:
            yield from csv_records(block.data, block.first_line, header)


async def _merge_batch(
    connection: Connection, claimed: ImportClaim, parsed: Parsed, lease_seconds: float
) -> bool:
    """Merge one batch; False when the import is somebody else's by now."""
    async with connection.transaction():
        if not await imports.fence(connection, claimed):
            log.info("import fenced", directory_import=str(claimed.import_id), attempt=claimed.attempt)
            return False
        was = await users.lock(connection, claimed.account)
        merged = await _merged(connection, claimed, parsed, was)
        await writing.write(connection, claimed.account, was, merged)
        rejections = parsed.rejections + merged.rejections
        rows = len(parsed.records) + len(parsed.rejections)
        batch = Batch(parsed.last_block, rows, merged.tally, rejections)
        await imports.merged(connection, claimed, batch, lease_seconds)
    metrics.IMPORTED.labels("merged").inc(rows - len(rejections))
    metrics.IMPORTED.labels("rejected").inc(len(rejections))
    return True


async def _merged(
    connection: Connection, claimed: ImportClaim, parsed: Parsed, was: users.Directory
) -> Merged:
    records = parsed.records
    ids = [record.user_id for record in records if record.user_id is not None]
    addresses = [record.address for record in records if record.address]
    known = await users.matching(connection, claimed.account, ids, addresses) if was.users else []
    movement = Movement(was.segment_bits)
    return await asyncio.to_thread(merge, records, known, movement, was.next_ordinal, uuid4)
