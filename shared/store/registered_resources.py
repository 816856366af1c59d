"""Resources that clients have registered. Who writes one has the version of `entitlements.advance`."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.store import queries
from shared.store.pool import Connection

SQL = queries.load("registered_resources.sql")


class Stored(NamedTuple):
    """A resource: `reference` in small letters, `document` its JSON as the client sent it."""

    id: str
    reference: str
    document: bytes
    created_at: datetime
    created_by: str
    modified_at: datetime
    modified_by: str


class Usage(NamedTuple):
    """How many resources an account has, and how many bytes their documents take."""

    number: int
    total_bytes: int


async def several(connection: Connection, account: UUID, references: Iterable[str]) -> dict[str, Stored]:
    """Those that are registered, by reference in small letters."""
    rows = await connection.fetch(SQL["several"], account, list(references))
    return {row["reference"]: Stored(*row) for row in rows}


async def get(connection: Connection, account: UUID, resource_id: str) -> Stored | None:
    """One, by its id."""
    row = await connection.fetchrow(SQL["one"], account, resource_id)
    return None if row is None else Stored(*row)


async def page(connection: Connection, account: UUID, window: tuple[int, int]) -> list[Stored]:
    """The oldest first: after the first `window[0]`, at most `window[1]`."""
    return [Stored(*row) for row in await connection.fetch(SQL["page"], account, *window)]


async def usage(connection: Connection, account: UUID) -> Usage:
    """What an account's limits are compared with."""
    return Usage(*(await connection.fetch(SQL["usage"], account))[0])


async def insert(
    connection: Connection, account: UUID, resource_id: str, content: tuple[str, bytes], by: str
) -> None:
    """A new one, of a reference in small letters and a document; raises UniqueViolation."""
    reference, document = content
    await connection.execute(SQL["insert"], account, resource_id, reference, document, len(document), by)


async def put(
    connection: Connection, account: UUID, was: Stored, content: tuple[str, bytes], by: str
) -> None:
    """Replace one; what is granted on it goes along to its new reference, where nothing is.

    Raises UniqueViolation.
    """
    reference, document = content
    await connection.execute(SQL["put"], account, was.id, reference, document, len(document), by)
    if reference != was.reference:
        await connection.execute(SQL["move"], account, was.reference, reference)


async def delete(connection: Connection, account: UUID, stored: Stored) -> None:
    """Delete one, and what is granted on it."""
    await connection.execute(SQL["delete_grants"], account, stored.reference)
    await connection.execute(SQL["delete"], account, stored.id)
