"""Archives brought into accounts by the job that does so, as a worker has it."""

from collections.abc import AsyncIterator, Iterable
from random import Random
from typing import Any
from uuid import UUID, uuid4

import msgspec

from services.worker.transfer import transfer
from services.worker.work import Work
from shared.store import jobs, pool
from shared.store.archives import Heading
from shared.store.audit import Actor
from shared.store.jobs import Job
from shared.wire.archive.manifest import Coordinates
from shared.wire.jobs import Hint, Kind
from shared.wire.transfer import contents
from shared.wire.transfer.contents import Key, Piece
from shared.wire.transfer.requests import Import
from shared.wire.transfer.requirements import in_order, requires
from tests.transfer import reading
from tests.transfer.strategies import World
from tests.transfer.writing import Writer

WHERE = Coordinates("g", "a", "1")
BY = Actor("tok", "Ann")
NOT_GRANTED_ON = ("node://elsewhere/x", "thing://{platform}/0")


def possible(world: World) -> World:
    """A world as clients can make one: nothing is granted on what is not there."""
    there = {each.document["reference"].lower() for each in world.resources}
    grants = [each for each in world.grants if each.what not in NOT_GRANTED_ON or each.what in there]
    return world._replace(grants=tuple(grants))


class Bringer:
    """Brings archives into accounts of one database."""

    def __init__(self, work: Work) -> None:
        self.work = work

    async def people(self, account: UUID, world: World) -> None:
        """Whoever a world has, in no groups."""
        alone = world._replace(people=tuple(each._replace(groups=()) for each in world.people))
        async with pool.acquire(self.work.pool) as connection:
            await Writer(connection, account, Random(0)).people(alone)

    async def keep(self, account: UUID, data: bytes) -> str:
        """The id of an archive, now in the vault."""

        async def pieces() -> AsyncIterator[bytes]:
            yield data

        return str((await self.work.vault.keep(account, Heading(WHERE, "export"), pieces(), "Ann")).id)

    async def run(self, account: UUID, request: Import) -> Job:
        """An import that is over."""
        job_id = uuid4()
        async with pool.acquire(self.work.pool) as connection:
            await jobs.insert(connection, account, job_id, request, BY)
        await transfer(self.work, Hint(Kind.TRANSFER, account, job_id))
        async with pool.acquire(self.work.pool) as connection:
            found = await jobs.get(connection, account, job_id)
        assert found is not None
        return found

    async def bring(self, account: UUID, data: bytes, **options: Any) -> dict[str, Any]:
        """The result of an import that ends well."""
        job = await self.run(account, Import(await self.keep(account, data), **options))
        assert job.state == "FINISHED", job.log
        found: dict[str, Any] = msgspec.json.decode(job.result)
        return found

    async def refused(self, account: UUID, data: bytes, **options: Any) -> str:
        """Why an import does not."""
        job = await self.run(account, Import(await self.keep(account, data), **options))
        assert job.state == "ERROR", job.log
        return job.log[-1].message

    async def exported(self, account: UUID) -> bytes:
        async with pool.acquire(self.work.pool) as connection:
            return await reading.exported(connection, account)


def piece(kind: contents.Kind, own: str, document: dict[str, Any]) -> Piece:
    """A thing of an archive."""
    return Piece(Key(kind, own), msgspec.json.encode(document), requires(kind, document))


def archived(*pieces: Piece) -> bytes:
    """An archive of things."""
    return reading.packed(sorted(pieces, key=lambda each: in_order(each.key)))


def actions(result: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    """What became of each thing."""
    return [(each["action"], each["kind"], each["source"]) for each in result["changes"]]
