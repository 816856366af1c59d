"""Archives that an account keeps, and their parcels: where the bytes of each are, as rows or elsewhere."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
from msgspec import Struct

from shared.store import queries
from shared.store.pool import Connection
from shared.wire.archive.manifest import Coordinates
from shared.wire.transfer.requests import Label

SQL = queries.load("archives.sql")
# Rows of 1 MiB that are deleted at a time: within what a statement may take.
CLEAR_PIECES = 64
PARCELS = 100


class Heading(Struct, frozen=True):
    """What an archive is called; `kind` is `export` or `results`, `content_type` a media type."""

    coordinates: Coordinates
    kind: str
    content_type: str = "application/zip"
    label: Label = Label()

    @property
    def carries(self) -> bool:
        """Whether it is an archive of things; else it says what a test says of users, and is no vault's."""
        return self.kind == "export"


class Archive(Struct, frozen=True):
    """One archive: `length` in bytes, the SHA-256 of them, and the place where they are."""

    id: UUID
    heading: Heading
    length: int
    digest: bytes
    place: str
    created_at: datetime
    created_by: str


class Usage(NamedTuple):
    """What an account's archives of a kind take."""

    archives: int
    bytes: int


class Parcel(NamedTuple):
    """Bytes that are to be swept; `cleared` if they were already, once."""

    account: UUID
    archive_id: UUID
    place: str
    cleared: bool


async def reserve(
    connection: Connection, account: UUID, archive_id: UUID, place: str, seconds: float
) -> None:
    """Write down that bytes are about to be written at a place; to be renewed within so many seconds."""
    await connection.execute(SQL["reserve"], account, archive_id, place, seconds)


async def renew(connection: Connection, account: UUID, archive_id: UUID, seconds: float) -> bool:
    """Whether a parcel that is being written is still there; if so, so much longer."""
    return await connection.fetchval(SQL["renew"], account, archive_id, seconds) is True


async def abandon(connection: Connection, account: UUID, archive_id: UUID) -> None:
    """Leave a parcel that did not become an archive to the sweeper, now."""
    await connection.execute(SQL["abandon"], account, archive_id)


async def lock(connection: Connection, account: UUID) -> None:
    """Let nobody else add to an account's archives until the transaction ends."""
    await connection.execute(SQL["lock"], account)


async def usage(connection: Connection, account: UUID, besides: Heading) -> Usage:
    """What an account's archives of the kind take, but for the one that has these coordinates."""
    where = besides.coordinates
    (row,) = await connection.fetch(
        SQL["usage"], account, besides.kind, where.group, where.artifact, where.version
    )
    return Usage(*row)


async def settle(connection: Connection, account: UUID, archive_id: UUID) -> bool:
    """Whether a parcel is still there; if so it stays, for an archive has it."""
    return await connection.fetchval(SQL["settle"], account, archive_id) is True


async def insert(connection: Connection, account: UUID, archive: Archive) -> Archive:
    """Write an archive; returns it as of now. The transaction holds `lock`."""
    heading = archive.heading
    where, label = heading.coordinates, heading.label
    created_at: datetime = await connection.fetchval(
        SQL["insert"],
        *(account, archive.id, where.group, where.artifact, where.version),
        *(heading.kind, heading.content_type, label.title, label.description, label.published),
        *(archive.length, archive.digest, archive.place, archive.created_by),
    )
    return Archive(
        *(archive.id, heading, archive.length, archive.digest, archive.place, created_at, archive.created_by)
    )


async def delete(connection: Connection, account: UUID, archive_id: UUID) -> bool:
    """Remove an archive; its bytes can be read for some minutes more. Returns whether it was there."""
    return await connection.fetchval(SQL["delete"], account, archive_id) is True


async def get(connection: Connection, account: UUID, archive_id: UUID) -> Archive | None:
    """One archive."""
    row = await connection.fetchrow(SQL["get"], account, archive_id)
    return None if row is None else _archive(row)


async def find(connection: Connection, account: UUID, where: Coordinates) -> Archive | None:
    """The archive of some coordinates."""
    row = await connection.fetchrow(SQL["find"], account, where.group, where.artifact, where.version)
    return None if row is None else _archive(row)


async def every(connection: Connection, account: UUID) -> list[Archive]:
    """All archives of an account, the oldest first."""
    return [_archive(row) for row in await connection.fetch(SQL["every"], account)]


def _archive(row: asyncpg.Record) -> Archive:
    archive_id, group, artifact, version, kind, content_type, title, description, published, *rest = row
    label = Label(title, description, published)
    return Archive(
        archive_id, Heading(Coordinates(group, artifact, version), kind, content_type, label), *rest
    )


async def put_piece(
    connection: Connection, account: UUID, archive_id: UUID, number: int, data: bytes
) -> bool:
    """Write a part of a parcel's bytes, numbered from 0; returns whether the parcel is still there."""
    return await connection.fetchval(SQL["put_piece"], account, archive_id, number, data) is True


async def piece(connection: Connection, account: UUID, archive_id: UUID, number: int) -> bytes | None:
    """A part of a parcel's bytes."""
    data: bytes | None = await connection.fetchval(SQL["piece"], account, archive_id, number)
    return data


async def clear_pieces(connection: Connection, account: UUID, archive_id: UUID) -> bool:
    """Delete some of a parcel's bytes; returns whether there may be more."""
    return len(await connection.fetch(SQL["clear_pieces"], account, archive_id, CLEAR_PIECES)) == CLEAR_PIECES


async def due(connection: Connection) -> list[Parcel]:
    """Parcels that nobody has any more, the oldest first; not all of them at once."""
    return [Parcel(*row) for row in await connection.fetch(SQL["due"], PARCELS)]


async def linger(connection: Connection, parcel: Parcel, seconds: float) -> None:
    """Have a parcel that was cleared swept again after so many seconds."""
    await connection.execute(SQL["linger"], parcel.account, parcel.archive_id, seconds)


async def forget(connection: Connection, parcel: Parcel) -> None:
    """Delete a parcel of which no bytes are left."""
    await connection.execute(SQL["forget"], parcel.account, parcel.archive_id)
