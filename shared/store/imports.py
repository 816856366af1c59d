"""Directory imports: received whole or not at all, merged batch by batch, each batch once."""

from collections.abc import AsyncIterator
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from shared.directory.merge import Rejection, Tally
from shared.store import queries
from shared.store.copying import copy
from shared.store.pool import Connection
from shared.wire.directory.blocks import Block, Format
from shared.wire.directory.imports import ERRORS_LIMIT, ImportProgress, decode_errors, encode_errors

SQL = queries.load("imports.sql")
BLOCK_COLUMNS = ("account_id", "import_id", "number", "first_line", "rows", "data")
UPLOAD_SECONDS = 6 * 3600.0
# Each of a megabyte or two, read at once: what a worker holds is bounded however long the rows are.
BLOCKS = 32


async def begin(connection: Connection, account: UUID, import_id: UUID, form: Format) -> None:
    """Insert an import; the blocks follow in the same transaction, however long the upload takes."""
    await connection.execute(SQL["patience"])
    await connection.execute(SQL["insert"], account, import_id, form, encode_errors([]))


async def receive(
    connection: Connection, account: UUID, import_id: UUID, blocks: AsyncIterator[Block]
) -> None:
    """Stage blocks as they come."""
    rows = (
        (account, import_id, block.number, block.first_line, block.rows, block.data) async for block in blocks
    )
    copying = connection.copy_records_to_table(
        "import_block", records=rows, columns=BLOCK_COLUMNS, timeout=UPLOAD_SECONDS
    )
    await copy(connection, copying)


class Received(Struct, frozen=True):
    """What an upload brought."""

    format: Format
    rows: int


async def received(connection: Connection, account: UUID, import_id: UUID, header: bytes) -> Received:
    """Note what only the end of the upload tells: the header, and how many rows there are."""
    (row,) = await connection.fetch(SQL["received"], account, import_id, header)
    return Received(*row)


async def progress(connection: Connection, account: UUID, import_id: UUID) -> ImportProgress | None:
    """How an import goes."""
    row = await connection.fetchrow(SQL["progress"], account, import_id)
    if row is None:
        return None
    values = dict(row) | {"errors": decode_errors(row["errors"])}
    return ImportProgress(**values)


class ImportClaim(Struct, frozen=True):
    """An import that is ours for the length of a lease; `rows` are those of the whole file."""

    account: UUID
    import_id: UUID
    attempt: int
    format: Format
    header: bytes
    rows: int


async def claim(
    connection: Connection, account: UUID, import_id: UUID, lease_seconds: float
) -> ImportClaim | None:
    """Take an import that waits, or whose lease ran out; None when there is nothing to take."""
    row = await connection.fetchrow(SQL["claim"], account, import_id, lease_seconds)
    return None if row is None else ImportClaim(account, import_id, *row)


async def brought_strangers(connection: Connection, claimed: ImportClaim) -> bool:
    """Whether all users whom an import has brought so far, and there are some, were new."""
    found = await connection.fetchval(SQL["brought_strangers"], claimed.account, claimed.import_id)
    return found is True


async def blocks(connection: Connection, claimed: ImportClaim, after: int, rows: int) -> list[Block]:
    """The next blocks after a number, as many as it takes to have some rows, but no more than BLOCKS."""
    where = claimed.account, claimed.import_id, after
    found = await connection.fetch(SQL["blocks"], *where, rows, BLOCKS)
    return [Block(*row) for row in found]


async def fence(connection: Connection, claimed: ImportClaim) -> bool:
    """Whether the import is still ours; if so, nobody else's until the transaction ends."""
    mine = await connection.fetchval(SQL["fence"], claimed.account, claimed.import_id, claimed.attempt)
    return mine is True


class Batch(NamedTuple):
    """A merged batch: the last block's number, rows read, what became of them."""

    last_block: int
    rows: int
    tally: Tally
    rejections: list[Rejection]


async def merged(connection: Connection, claimed: ImportClaim, batch: Batch, lease_seconds: float) -> None:
    """Count a batch, drop its blocks, renew the lease: in the transaction that merged it."""
    where, tally = (claimed.account, claimed.import_id), batch.tally
    errors = decode_errors(await connection.fetchval(SQL["errors"], *where))
    kept = [*errors, *sorted(batch.rejections, key=lambda rejection: rejection.line)][:ERRORS_LIMIT]
    counts = (batch.rows, tally.created, tally.updated, tally.unchanged, tally.deleted, len(batch.rejections))
    await connection.execute(SQL["merged"], *where, *counts, encode_errors(kept), lease_seconds)
    await connection.execute(SQL["drop_blocks"], *where, batch.last_block)


async def complete(connection: Connection, claimed: ImportClaim) -> None:
    """End an import that has no blocks left."""
    await connection.execute(SQL["complete"], claimed.account, claimed.import_id, claimed.attempt)


async def fail(connection: Connection, claimed: ImportClaim, failure: str) -> None:
    """End an import that cannot go on; what was merged stays."""
    await connection.execute(SQL["fail"], claimed.account, claimed.import_id, claimed.attempt, failure)


async def pause(connection: Connection, claimed: ImportClaim) -> int | None:
    """Give up the lease between batches; returns the number of the hint to announce it under."""
    hint: int | None = await connection.fetchval(
        SQL["pause"], claimed.account, claimed.import_id, claimed.attempt
    )
    return hint
