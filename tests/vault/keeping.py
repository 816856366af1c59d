"""One account's archives, kept and read in a line."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import obstore
from obstore.store import S3Store

from shared.store import pool
from shared.store.archives import Archive, Heading
from shared.vault.vault import Kept, Vault
from shared.wire.archive.manifest import Coordinates

MIB = 1 << 20
OVER = "UPDATE parcel SET lease_until = now() WHERE account_id = $1 AND lease_until < 'infinity'"


def heading(version: str = "1", kind: str = "export") -> Heading:
    return Heading(Coordinates("g", "a", version), kind)


async def stream(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


class Keeper:
    """A vault, and the account that uses it."""

    def __init__(self, vault: Vault, connections: pool.Pool, account: UUID) -> None:
        self.vault, self.connections, self.account = vault, connections, account
        self.url = vault._settings.archives_url

    async def keep(self, data: bytes, version: str = "1", ending: Kept | None = None) -> Archive:
        return await self.vault.keep(self.account, heading(version), stream([data]), "Ann", ending)

    async def data(self, archive: Archive) -> bytes:
        return b"".join([piece async for piece in self.vault.read(self.account, archive)])

    async def value(self, query: str, *values: object) -> Any:
        async with pool.acquire(self.connections) as connection:
            return await connection.fetchval(query, self.account, *values)

    async def swept(self) -> None:
        """Let all leases end, and what is swept twice be swept twice."""
        for _ in range(2):
            await self.value(OVER)
            await self.vault.sweep()

    async def parcels(self) -> int:
        return await self.value("SELECT count(*) FROM parcel WHERE account_id = $1")

    async def pieces(self) -> int:
        """All that lies at the place for the account, half pieces too."""
        if self.url == "database:":
            return await self.value("SELECT count(*) FROM parcel_piece WHERE account_id = $1")
        if self.url.startswith("file:"):
            found = (Path(urlsplit(self.url).path) / self.account.hex).rglob("*")
            return sum(path.is_file() for path in found)
        listed = await obstore.list(S3Store.from_url(self.url), self.account.hex).collect_async()
        return len(listed)
