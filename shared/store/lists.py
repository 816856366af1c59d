"""Lists and their items, in the order given; a value is in a list once, by its canonical form."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from shared.store import queries
from shared.store.pool import Connection
from shared.wire.cloudflare.list_items import Entries, Fingerprint, ListItem
from shared.wire.cloudflare.lists import Heading, ListType

SQL = queries.load("lists.sql")
# For one statement over all items of the longest list: more than a request's other statements may take.
ITEMS_SECONDS = 20.0


class StoredList(NamedTuple):
    """A list without its items: how many it has, and what tells them from others."""

    id: UUID
    heading: Heading
    type: ListType
    fingerprint: Fingerprint
    created_at: datetime
    updated_at: datetime


async def kinds(connection: Connection, account: UUID, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The types (`EMAIL`, `IP` …) of those lists that there are."""
    rows = await connection.fetch(SQL["kinds"], account, ids)
    return {row["list_id"]: row["type"] for row in rows}


async def values(connection: Connection, account: UUID, list_id: UUID) -> tuple[str, ...]:
    """A list's canonical addresses or networks in its order; none of a list that is not there."""
    return tuple(await connection.fetchval(SQL["values"], account, list_id))


async def every(connection: Connection, account: UUID) -> list[StoredList]:
    """All lists of an account, the oldest first."""
    return [_stored(row) for row in await connection.fetch(SQL["every"], account)]


async def get(connection: Connection, account: UUID, list_id: UUID) -> StoredList | None:
    """One list."""
    row = await connection.fetchrow(SQL["get"], account, list_id)
    return None if row is None else _stored(row)


async def page(
    connection: Connection, account: UUID, list_id: UUID, window: tuple[int, int]
) -> tuple[ListItem, ...]:
    """Items in their order: after the first `window[0]`, at most `window[1]`."""
    rows = await connection.fetch(SQL["page"], account, list_id, *window)
    return tuple(ListItem(*row) for row in rows)


async def count(connection: Connection, account: UUID) -> int:
    """How many lists an account has."""
    found: int = await connection.fetchval(SQL["count"], account)
    return found


async def twin(
    connection: Connection, account: UUID, kind: str, heading: Heading, digest: bytes, seconds: float
) -> UUID | None:
    """The first list that was created within some seconds and is the same."""
    what = (kind, *heading, digest, seconds)
    found: UUID | None = await connection.fetchval(SQL["twin"], account, *what)
    return found


async def insert(
    connection: Connection, account: UUID, list_id: UUID, kind: str, heading: Heading, entries: Entries
) -> None:
    """Write a new list. The transaction of this and of all below holds `resources.lock`."""
    await connection.execute(SQL["insert"], account, list_id, kind, *heading, *entries.fingerprint)
    await connection.execute(SQL["put"], account, list_id, *entries.columns, timeout=ITEMS_SECONDS)


async def update(
    connection: Connection, account: UUID, list_id: UUID, heading: Heading, fingerprint: Fingerprint
) -> None:
    """Write what a list is called, and note how its items are now."""
    await connection.execute(SQL["update"], account, list_id, *heading, *fingerprint)


async def put(connection: Connection, account: UUID, list_id: UUID, entries: Entries) -> None:
    """Make these the items; those that stay keep the time of their creation."""
    await connection.execute(SQL["join_by_hash"])
    canonicals = entries.columns.canonicals
    await connection.execute(SQL["keep"], account, list_id, canonicals, timeout=ITEMS_SECONDS)
    await connection.execute(SQL["put"], account, list_id, *entries.columns, timeout=ITEMS_SECONDS)


async def append(connection: Connection, account: UUID, list_id: UUID, entries: Entries) -> int:
    """Add the items that are not there yet at the end, and say how many those were."""
    row = (account, list_id, *entries.columns)
    return _rows(await connection.execute(SQL["append"], *row, timeout=ITEMS_SECONDS))


async def remove(connection: Connection, account: UUID, list_id: UUID, canonicals: Sequence[str]) -> int:
    """Take away the items that have these canonical values, and say how many those were."""
    await connection.execute(SQL["join_by_hash"])
    row = (account, list_id, canonicals)
    return _rows(await connection.execute(SQL["remove"], *row, timeout=ITEMS_SECONDS))


async def fingerprint(connection: Connection, account: UUID, list_id: UUID) -> Fingerprint:
    """How many items there are, and their digest; reads all of them."""
    (row,) = await connection.fetch(SQL["fingerprint"], account, list_id, timeout=ITEMS_SECONDS)
    return Fingerprint(*row)


async def delete(connection: Connection, account: UUID, list_id: UUID) -> None:
    """Delete a list and its items. The caller has looked for referrers."""
    await connection.execute(SQL["delete_items"], account, list_id, timeout=ITEMS_SECONDS)
    await connection.execute(SQL["delete"], account, list_id)


def _rows(status: str) -> int:
    return int(status.rpartition(" ")[2])


def _stored(row: asyncpg.Record) -> StoredList:
    list_id, name, kind, description, items, digest, created_at, updated_at = row
    heading, fingerprint = Heading(name, description), Fingerprint(items, digest)
    return StoredList(list_id, heading, kind, fingerprint, created_at, updated_at)
