"""One account's archives, kept and read in a line."""

from collections.abc import AsyncIterator, Iterable
from uuid import UUID

from shared.store import pool
from shared.store.archives import Archive, Heading
from shared.vault.vault import Vault
from shared.wire.archive.manifest import Coordinates


def heading(version: str = "1") -> Heading:
    return Heading(Coordinates("g", "a", version), "export")


async def stream(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


class Keeper:
    """A vault, and the account that uses it."""

    def __init__(self, vault: Vault, connections: pool.Pool, account: UUID) -> None:
        self.vault, self.connections, self.account = vault, connections, account

    async def keep(self, data: bytes, version: str = "1", ending=None) -> Archive:
        return await self.vault.keep(self.account, heading(version), stream([data]), "Ann", ending)

    async def data(self, archive: Archive) -> bytes:
        return b"".join([piece async for piece in self.vault.read(self.account, archive)])

    async def value(self, query: str, *values: object):
        async with pool.acquire(self.connections) as connection:
            return await connection.fetchval(query, self.account, *values)

    async def age(self) -> None:
        """Let a long time pass for what no archive has."""
        await self.value(
            "UPDATE parcel SET lease_until = now() - interval '1 s' "
            "WHERE account_id = $1 AND lease_until < 'infinity'"
        )

    async def parcels(self) -> int:
        return await self.value("SELECT count(*) FROM parcel WHERE account_id = $1")
