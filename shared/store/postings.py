"""Postings and the log of their changes."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from shared.directory.attributes import Term
from shared.directory.postings import Addition, Change, Difference, Differences, Key, changes, fold
from shared.store import queries
from shared.store.copying import copy
from shared.store.pool import Connection

SQL = queries.load("postings.sql")
COLUMNS = ("account_id", "attribute", "value", "segment", "valid_from", "data")
CHANGE_COLUMNS = ("account_id", "attribute", "value", "key", "ordinal", "added")


class Posting(NamedTuple):
    """One term's bytes in one segment."""

    segment: int
    term: Term
    data: bytes


async def fetch(
    connection: Connection, account: UUID, version: int, segments: tuple[int, int], terms: Collection[Term]
) -> list[Posting]:
    """Some terms' postings of a range of segments (both ends included), as they were at a version."""
    attributes, values = [term[0] for term in terms], [term[1] for term in terms]
    rows = await connection.fetch(SQL["fetch"], account, version, *segments, attributes, values)
    return [Posting(row["segment"], (row["attribute"], row["value"]), row["data"]) for row in rows]


async def apply(connection: Connection, account: UUID, version: int, differences: Differences) -> None:
    """Change postings as of a version; the account's writer calls this."""
    before = await current(connection, account, differences)
    await write(connection, account, version, before, await asyncio.to_thread(changed, before, differences))


def changed(
    before: Mapping[Key, bytes], changes: Mapping[Key, Difference | Addition]
) -> list[tuple[Key, bytes]]:
    """The postings that become other than before, with their bytes."""
    after = ((key, change.applied(before.get(key, b""))) for key, change in changes.items())
    return [(key, data) for key, data in after if data != before.get(key, b"")]


async def write(
    connection: Connection,
    account: UUID,
    version: int,
    before: Mapping[Key, bytes],
    after: Sequence[tuple[Key, bytes]],
) -> None:
    """Write changed postings as of a version, ending those that were there before."""
    ended = [key for key, _ in after if key in before]
    if ended:
        await connection.execute(SQL["end"], account, version, *_transposed(ended))
    rows = ((account, *key, version, data) for key, data in after if data)
    await copy(connection, connection.copy_records_to_table("posting", records=rows, columns=COLUMNS))


def _transposed(keys: Iterable[Key]) -> Iterator[list[str] | list[int]]:
    attributes, values, segments = zip(*keys, strict=True)
    yield from (list(attributes), list(values), list(segments))


async def current(connection: Connection, account: UUID, keys: Collection[Key]) -> dict[Key, bytes]:
    """The postings that stand now, of some."""
    if not keys:
        return {}
    rows = await connection.fetch(SQL["current"], account, *_transposed(keys))
    return {Key(row["attribute"], row["value"], row["segment"]): row["data"] for row in rows}


async def append(connection: Connection, account: UUID, differences: Differences, bits: int) -> None:
    """Log changes instead of making them: a few rows rather than a few bitmaps."""
    rows: Iterable[tuple[UUID, str, str, bytes, int, bool]] = (
        (account, *change) for change in changes(differences, bits)
    )
    copying = connection.copy_records_to_table("posting_change", records=rows, columns=CHANGE_COLUMNS)
    await copy(connection, copying)


async def take_log(connection: Connection, account: UUID, bits: int) -> Differences:
    """What the log holds, as differences; the log is empty after. The account's writer calls this."""
    rows = await connection.fetch(SQL["take_log"], account)
    return fold((Change(*row[1:]) for row in sorted(rows, key=lambda row: int(row["sequence"]))), bits)
