"""The jobs of a worker, done when asked."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.worker.evaluate import evaluate
from services.worker.import_directory import import_directory
from services.worker.memory import PinnedTests, PostingMemory
from services.worker.plan import plan
from services.worker.sweep import tidy
from services.worker.work import TryAgain, Work
from shared.process.settings import load
from shared.queue.hints import Hints
from shared.store import pool
from shared.vault.vault import Vault
from shared.wire.jobs import Hint, Kind
from tests.stack import Client, Servers, Service, servers


class Jobs:
    """One account, and the jobs of a worker for it."""

    def __init__(self, work: Work, client: Client) -> None:
        self.work, self.client, self.account = work, client, UUID(client.account)

    async def value(self, query: str, *arguments: object) -> Any:
        async with pool.acquire(self.work.pool) as connection:
            return await connection.fetchval(query, self.account, *arguments)

    async def imported(self, data: bytes) -> None:
        await self.import_once(UUID((await self.client.upload(BytesIO(data))).result["id"]))

    async def import_once(self, import_id: UUID) -> None:
        await import_directory(self.work, Hint(Kind.IMPORT, self.account, import_id))

    async def started(self, *policies: Any) -> str:
        test_id: str = (await self.client.start(*policies)).result["id"]
        return test_id

    async def planned(self, test_id: str) -> None:
        await plan(self.work, Hint(Kind.PLAN, self.account, UUID(test_id)))

    async def evaluated(self, test_id: str, *chunks: int) -> None:
        for number in chunks:
            hint = Hint(Kind.EVALUATE, self.account, UUID(test_id), number)
            while await self._makes_way(hint):
                pass

    async def _makes_way(self, hint: Hint) -> bool:
        """Whether evaluating ended for others' sake, with more chunks to be had."""
        try:
            await evaluate(self.work, hint)
        except TryAgain as again:
            if again.seconds:
                raise
            return True
        return False

    async def tidied(self) -> None:
        async with pool.acquire(self.work.pool) as connection:
            await tidy(self.work, connection)

    async def verdicts(self, test_id: str) -> dict[str, str]:
        """Verdicts by e-mail address."""
        return {row["email"]: row["status"] for row in await self.client.users(test_id)}


@pytest.fixture
async def jobs(own: Servers, idle: Service) -> AsyncIterator[Jobs]:
    postgres, valkey = own
    settings = load({"DATABASE_URL": postgres.dsn, "REDIS_URL": valkey.url})
    database = await pool.open_pool(postgres.dsn, 4, "test")
    hints = Hints(valkey.url)
    work = Work(settings, database, hints, PostingMemory(1 << 20), PinnedTests(), Vault(settings, database))
    yield Jobs(work, await idle.tenant(segment_bits=4))
    await hints.close()
    await pool.close(database)


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Service]:
    """A gateway and one worker on servers that nobody else uses, with a short deadline and drain."""
    async with servers(tmp_path) as (postgres, valkey):
        short = {"GATEHOUSE_DEADLINE_SECONDS": "4", "GATEHOUSE_DRAIN_SECONDS": "1"}
        service = Service(postgres.dsn, valkey.url, tmp_path, **short)
        await service.start(workers=1)
        yield service
        await service.stop()
