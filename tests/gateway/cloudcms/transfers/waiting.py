"""One account whose jobs wait until a test does them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self
from uuid import UUID

import asyncpg

from shared.process.settings import load
from shared.store import jobs, pool
from shared.store.archives import Archive, Heading
from shared.store.jobs import Job, JobClaim
from shared.vault.vault import Vault
from shared.wire.archive.manifest import Coordinates
from tests.stack import Answer, Client, Service, account_id

LEASE = 60.0
ARCHIVE = {"group": "acme", "artifact": "access", "version": "1.0"}


class Waiting:
    """The account, and its jobs as a worker sees them."""

    def __init__(self, client: Client, connection: asyncpg.Connection, vault: Vault) -> None:
        self.client, self.connection, self.account = client, connection, account_id(client)
        self._vault = vault

    @classmethod
    @asynccontextmanager
    async def of(cls, service: Service, client: Client) -> AsyncIterator[Self]:
        settings = load({"DATABASE_URL": service.dsn, "REDIS_URL": service.environment["REDIS_URL"]})
        database, connection = await pool.open_pool(service.dsn, 2, "test"), await service.connect()
        yield cls(client, connection, Vault(settings, database))
        await connection.close()
        await pool.close(database)

    async def call(self, method: str, path: str, body: Any = None, **query: str) -> Answer:
        return await self.client.call(method, path, params=query, json={} if body is None else body)

    async def begun(self, path: str = "/export", body: Any = None, **query: str) -> UUID:
        """The id of a job that was started."""
        answer = await self.call("POST", path, body, **query)
        assert (answer.status, answer.body["ok"]) == (200, True), answer
        return UUID(answer.body["_doc"])

    async def job(self, job_id: UUID) -> Job:
        found = await jobs.get(self.connection, self.account, job_id)
        assert found is not None
        return found

    async def shown(self, job_id: UUID) -> dict[str, Any]:
        answer = await self.client.call("GET", f"/jobs/{job_id.hex}")
        assert answer.status == 200, answer
        return answer.body

    async def claimed(self, job_id: UUID) -> JobClaim:
        found = await jobs.claim(self.connection, self.account, job_id, LEASE)
        assert found is not None
        return found

    async def finished(self, job_id: UUID, result: object) -> None:
        assert await jobs.finish(self.connection, await self.claimed(job_id), 3, 3, result)

    async def failed(self, job_id: UUID, message: str) -> None:
        await jobs.fail(self.connection, await self.claimed(job_id), message)

    async def kept(self, **changed: str) -> Archive:
        """An archive of the account; of which nothing is read here."""

        async def pieces() -> AsyncIterator[bytes]:
            yield b"bytes"

        heading = Heading(Coordinates(**(ARCHIVE | changed)), "export")
        return await self._vault.keep(self.account, heading, pieces(), "test")
