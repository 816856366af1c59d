"""Archives, kept whole or not at all.

An archive's parcel is written down before the first of its bytes, and has a lease while they are written. One
transaction makes it an archive, takes the place of an older one of the same coordinates, and does whatever
else must be so from then on. What dies on the way there is a parcel whose lease ends: the sweeper clears it.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID, uuid4

from shared.process.settings import Settings
from shared.store import archives
from shared.store.archives import Archive, Heading
from shared.store.pool import Connection, Pool, acquire
from shared.vault.errors import GONE, Full, Lost, Unreachable
from shared.vault.lease import leased
from shared.vault.pieces import Digest, even
from shared.vault.places import Places
from shared.vault.shelf import Parcel
from shared.wire.archive.manifest import Coordinates

Kept = Callable[[Connection, Archive, Archive | None], Awaitable[None]]
"""What else is done when an archive is kept, and the archive that it takes the place of."""
Dropped = Callable[[Connection, Archive], Awaitable[None]]
ARCHIVES = 1000
"""Of an account, at most; and as many files of results, of which people see nothing among their archives."""
FULL = {
    "export": ("archives", "delete one first"),
    "results": ("files of results", "remove a policy test first, its files go with it"),
}
# Of a worker's leases: a place may be slow to take a piece, and a thread to make one.
LEASES = 4
SWEEP_SECONDS = 10.0
"""After which a sweep begins no other parcel."""
AGAIN_SECONDS = 300.0
"""When a place that was away is tried again."""
LINGER_SECONDS = 3600.0
"""When a place is swept once more, for what may have arrived there late."""


class Vault:
    """The archives of all accounts, as one process has them; `pool` has no connection held between pieces."""

    def __init__(self, settings: Settings, pool: Pool, places: Places | None = None) -> None:
        self._settings, self._pool = settings, pool
        self._places = places or Places()

    def through(self, pool: Pool) -> "Vault":
        """The same vault, using the connections of another pool."""
        return Vault(self._settings, pool, self._places)

    async def keep(
        self,
        account: UUID,
        heading: Heading,
        pieces: AsyncIterator[bytes],
        by: str,
        ending: Kept | None = None,
    ) -> Archive:
        """Keep an archive; `ending` runs in the transaction that makes it visible, and undoes it by raising.

        Raises Full, Lost, and OSError or what the store does where bytes cannot be written.
        """
        parcel, place = Parcel(account, uuid4()), self._settings.archives_url
        seconds = self._settings.lease_seconds * LEASES
        async with leased(self._pool, parcel, place, seconds):
            digest = await self._write(parcel, place, heading, pieces)
            whole = Archive(
                *(parcel.archive_id, heading, digest.length, digest.sha256(), place), datetime.now(UTC), by
            )
            async with acquire(self._pool) as connection, connection.transaction():
                kept, replaced = await self._settle(connection, account, whole)
                if ending is not None:
                    await ending(connection, kept, replaced)
        return kept

    async def _write(
        self, parcel: Parcel, place: str, heading: Heading, pieces: AsyncIterator[bytes]
    ) -> Digest:
        """Write all pieces, no more than there is room for."""
        async with acquire(self._pool) as connection:
            room = await self._room(connection, parcel.account, heading)
        shelf, digest, number = self._places.shelf(place, self._pool), Digest(), 0
        async with aclosing(even(pieces, shelf.piece_bytes)) as cut:
            async for piece in cut:
                await digest.add(piece)
                self._check(digest.length, room, heading)
                await shelf.put(parcel, number, piece)
                number += 1
        return digest

    async def _room(self, connection: Connection, account: UUID, heading: Heading) -> int:
        """Bytes that an archive called so may have; raises Full."""
        usage = await archives.usage(connection, account, heading)
        if usage.archives >= ARCHIVES:
            what, remedy = FULL[heading.kind]
            raise Full(f"an account has at most {ARCHIVES} {what}, {remedy}")
        return self._settings.archives_bytes - usage.bytes

    def _check(self, length: int, room: int, heading: Heading) -> None:
        if length > room:
            limit, (what, remedy) = self._settings.archives_bytes, FULL[heading.kind]
            raise Full(f"an account's {what} take at most {limit} bytes together, {remedy}")

    async def _settle(
        self, connection: Connection, account: UUID, whole: Archive
    ) -> tuple[Archive, Archive | None]:
        """Make an archive of what is written, in the place of any that has its coordinates; and that one."""
        await archives.lock(connection, account)
        self._check(whole.length, await self._room(connection, account, whole.heading), whole.heading)
        if not await archives.settle(connection, account, whole.id):
            raise Lost(GONE)
        if (old := await archives.find(connection, account, whole.heading.coordinates)) is not None:
            await archives.delete(connection, account, old.id)
        return await archives.insert(connection, account, whole), old

    async def get(self, account: UUID, archive_id: UUID) -> Archive | None:
        """One archive."""
        async with acquire(self._pool) as connection:
            return await archives.get(connection, account, archive_id)

    async def find(self, account: UUID, coordinates: Coordinates) -> Archive | None:
        """The archive of some coordinates."""
        async with acquire(self._pool) as connection:
            return await archives.find(connection, account, coordinates)

    async def every(self, account: UUID) -> list[Archive]:
        """All archives of an account, the oldest first."""
        async with acquire(self._pool) as connection:
            return await archives.every(connection, account)

    async def read(self, account: UUID, archive: Archive) -> AsyncIterator[bytes]:
        """An archive's bytes; raises Unreachable, at their end at the latest, if they are not as kept."""
        parcel, digest, number = Parcel(account, archive.id), Digest(), 0
        shelf = self._places.shelf(archive.place, self._pool)
        while digest.length < archive.length:
            piece = await shelf.get(parcel, number)
            if not piece:
                raise Unreachable(f"the archive `{archive.id}` is no longer where it was kept")
            await digest.add(piece)
            yield piece
            number += 1
        if digest.sha256() != archive.digest:
            raise Unreachable(f"the archive `{archive.id}` is not what was kept: its digest is another")

    async def spool(self, account: UUID, archive: Archive, directory: Path | None = None) -> BinaryIO:
        """An archive as a file without a name, which is gone when it is closed or the process ends."""
        file: BinaryIO = await asyncio.to_thread(_nameless, directory)
        try:
            async for piece in self.read(account, archive):
                await asyncio.to_thread(file.write, piece)
            await asyncio.to_thread(file.seek, 0)
        except BaseException:
            file.close()
            raise
        return file

    async def drop(self, account: UUID, archive_id: UUID, ending: Dropped | None = None) -> bool:
        """Delete an archive; whether it was there. `ending` runs in the same transaction, if it was."""
        async with acquire(self._pool) as connection, connection.transaction():
            await archives.lock(connection, account)
            archive = await archives.get(connection, account, archive_id)
            if archive is None:
                return False
            await archives.delete(connection, account, archive_id)
            if ending is not None:
                await ending(connection, archive)
        return True

    async def sweep(self) -> int:
        """Clear what no archive has, for a while; returns how many parcels. Raises what the store does."""
        ends, cleared = time.monotonic() + SWEEP_SECONDS, 0
        async with acquire(self._pool) as connection:
            due = await archives.due(connection)
        for parcel in due:
            if time.monotonic() < ends:
                cleared += await self._clear(parcel)
        return cleared

    async def _clear(self, parcel: archives.Parcel) -> bool:
        """Whether a parcel was cleared; one whose place is away is tried another time."""
        try:
            shelf = self._places.shelf(parcel.place, self._pool)
            await shelf.clear(Parcel(parcel.account, parcel.archive_id))
        except Unreachable:
            async with acquire(self._pool) as connection:
                await archives.linger(connection, parcel, AGAIN_SECONDS)
            return False
        async with acquire(self._pool) as connection:
            if shelf.lingers and not parcel.cleared:
                await archives.linger(connection, parcel, LINGER_SECONDS)
            else:
                await archives.forget(connection, parcel)
        return True


def _nameless(directory: Path | None) -> BinaryIO:
    return cast("BinaryIO", tempfile.TemporaryFile(dir=directory))
