"""Transfers of a site, each begun and watched in the database, and what must hold after any fault."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from shared.process.settings import load
from shared.queue.hints import Hints
from shared.store import accounts, jobs, pool
from shared.store.archives import Archive
from shared.store.audit import Actor
from shared.store.jobs import Job
from shared.vault.vault import Vault
from shared.wire.jobs import Hint, Kind
from shared.wire.transfer.requests import Request
from tests.faults.harness import Site

WORKER = "tests.faults.stepping_worker"
BY = Actor("tok", "Ann")
ENDED = ("FINISHED", "ERROR")
ABANDONED = "UPDATE parcel SET lease_until = now() - interval '1 s' WHERE lease_until < 'infinity'"
PAIRS = "SELECT count(*) FROM parcel FULL JOIN archive USING (account_id, archive_id)"
STRAYS = (
    f"{PAIRS} WHERE archive.length IS NULL OR lease_until IS DISTINCT FROM 'infinity'",
    "SELECT count(*) FROM job WHERE (stopped_at IS NULL) = (state IN ('FINISHED', 'ERROR'))",
    "SELECT count(*) FROM job WHERE (lease_until IS NULL) = (state = 'RUNNING')",
)


class Begun(NamedTuple):
    """A job that was begun."""

    account: UUID
    job_id: UUID


class Transfers:
    """The transfers of a site."""

    def __init__(self, site: Site, connections: pool.Pool, vault: Vault, hints: Hints) -> None:
        self.site, self.pool, self.vault, self._hints = site, connections, vault, hints

    async def account(self) -> UUID:
        async with pool.acquire(self.pool) as connection:
            return await accounts.create_account(connection, "test", 4)

    async def begin(self, account: UUID, request: Request) -> Begun:
        begun = Begun(account, uuid4())
        async with pool.acquire(self.pool) as connection:
            await jobs.insert(connection, *begun, request, BY)
        await self._hints.announce([Hint(Kind.TRANSFER, *begun)])
        return begun

    async def now(self, begun: Begun) -> Job:
        async with pool.acquire(self.pool) as connection:
            found = await jobs.get(connection, *begun)
        assert found is not None
        return found

    async def reached(self, begun: Begun, *states: str, seconds: float = 60) -> Job:
        """The job once it is in one of some states."""
        async with asyncio.timeout(seconds):
            while (job := await self.now(begun)).state not in states:
                await asyncio.sleep(0.2)
        return job

    async def ended(self, begun: Begun, seconds: float = 90) -> Job:
        return await self.reached(begun, *ENDED, seconds=seconds)

    async def kill(self, begun: Begun) -> bool:
        async with pool.acquire(self.pool) as connection:
            return await jobs.kill(connection, *begun, BY)

    async def archives(self, account: UUID) -> dict[str, Archive]:
        """The archives of an account by their versions."""
        return {each.heading.coordinates.version: each for each in await self.vault.every(account)}

    async def data(self, account: UUID, archive: Archive) -> bytes:
        return b"".join([piece async for piece in self.vault.read(account, archive)])

    async def check_nothing_stray(self) -> None:
        """Fails for bytes that no archive has, once the sweeper has been, and jobs that are in between."""
        swept = True
        while swept:
            await self.value(ABANDONED)
            swept = bool(await self.vault.sweep())
        assert [await self.value(query) for query in STRAYS] == [0] * len(STRAYS)

    async def value(self, query: str, *values: object) -> Any:
        async with pool.acquire(self.pool) as connection:
            return await connection.fetchval(query, *values)


@asynccontextmanager
async def transfers(site: Site) -> AsyncIterator[Transfers]:
    settings = load({"DATABASE_URL": site.postgres.dsn, "REDIS_URL": site.valkey.url})
    connections = await pool.open_pool(site.postgres.dsn, 4, "test")
    hints = Hints(site.valkey.url)
    try:
        yield Transfers(site, connections, Vault(settings, connections), hints)
    finally:
        await hints.close()
        await pool.close(connections)
