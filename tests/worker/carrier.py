"""A job, and a transfer that does what a test says."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from services.worker import transfer as module
from services.worker.running import Running
from services.worker.transfer import transfer
from services.worker.work import TryAgain, Work
from shared.process.settings import load
from shared.store import jobs, pool
from shared.store.audit import Actor
from shared.store.jobs import Job
from shared.wire.archive.manifest import Coordinates
from shared.wire.jobs import Hint, Kind
from shared.wire.transfer.requests import Export
from tests.worker.conftest import Jobs

REQUEST = Export(Coordinates("g", "a", "1"))
LEASE_SECONDS = 1.0
Deed = Callable[[Work, Running], Awaitable[None]]


class Carrier:
    """One job of an account, and what its transfer does."""

    def __init__(self, owner: Jobs, patch: pytest.MonkeyPatch) -> None:
        settings = load({**_environment(owner.work), "GATEHOUSE_LEASE_SECONDS": str(LEASE_SECONDS)})
        self.work, self.account, self.id = owner.work._replace(settings=settings), owner.account, uuid4()
        self._patch = patch

    async def begin(self, deed: Deed) -> None:
        """Insert the job; whoever transfers it does this."""

        async def does(work: Work, running: Running, request: Export) -> None:
            assert request == REQUEST
            await deed(work, running)

        self._patch.setitem(module.TRANSFERS, Export, does)
        async with pool.acquire(self.work.pool) as connection:
            await jobs.insert(connection, self.account, self.id, REQUEST, Actor("tok", "Ann"))

    async def transferred(self) -> None:
        await transfer(self.work, Hint(Kind.TRANSFER, self.account, self.id))

    async def again(self) -> None:
        """An attempt after which another is to follow."""
        with pytest.raises(TryAgain):
            await self.transferred()

    async def now(self) -> Job:
        async with pool.acquire(self.work.pool) as connection:
            found = await jobs.get(connection, self.account, self.id)
        assert found is not None
        return found

    async def ended(self) -> tuple[str, str]:
        """State and last word of a job."""
        job = await self.now()
        assert (job.stopped_at is None) == (job.state in ("WAITING", "RUNNING"))
        return job.state, job.log[-1].message

    async def kill(self) -> None:
        async with pool.acquire(self.work.pool) as connection:
            assert await jobs.kill(connection, self.account, self.id, Actor("tok", "Bob"))

    async def execute(self, query: str) -> None:
        async with pool.acquire(self.work.pool) as connection:
            await connection.execute(query, self.account)


def _environment(work: Work) -> dict[str, str]:
    return {"DATABASE_URL": work.settings.database_url, "REDIS_URL": work.settings.redis_url}


NAMED = "UPDATE account SET name = 'written' WHERE account_id = $1"


async def written(carrier: Carrier) -> bool:
    """Whether the transfer's own write is there."""
    async with pool.acquire(carrier.work.pool) as connection:
        name = await connection.fetchval("SELECT name FROM account WHERE account_id = $1", carrier.account)
    return bool(name == "written")


async def writes(work: Work, running: Running) -> None:
    """A transfer that ends as it should."""
    async with pool.acquire(work.pool) as connection, connection.transaction():
        await connection.execute(NAMED, running.account)
        await running.finish(connection, {"archive": "x"})


async def started(carrier: Carrier) -> asyncio.Task[None]:
    """The transfer under way."""
    task = asyncio.create_task(carrier.transferred())
    async with asyncio.timeout(10):
        while (await carrier.now()).state != "RUNNING":
            await asyncio.sleep(0.02)
    return task
