"""Exports of an account in the tests of faults."""

from random import Random
from uuid import UUID

from shared.store import pool
from shared.store.jobs import Job
from shared.wire.archive.manifest import Coordinates
from shared.wire.transfer.contents import Piece
from shared.wire.transfer.requests import Export
from tests.faults.transfers import Begun, Transfers
from tests.transfer import reading
from tests.transfer.strategies import MOST, world
from tests.transfer.writing import write


class ExportCarried:
    """Exports of one account; each job writes an archive of a version of its own."""

    early, late = "snapshots.patience", "archives.lock"

    def __init__(self, transfers: Transfers, account: UUID, pieces: list[Piece]) -> None:
        self.transfers, self.account, self._pieces = transfers, account, pieces

    @classmethod
    async def make(cls, transfers: Transfers) -> "ExportCarried":
        account = await transfers.account()
        async with pool.acquire(transfers.pool) as connection:
            await write(connection, account, world(MOST, Random(8)))
            pieces = await reading.pieces(connection, account)
        return cls(transfers, account, pieces)

    async def begin(self, deed: str, step: str) -> Begun:
        return await self.transfers.begin(self.account, Export(Coordinates("faults", deed, step)))

    async def check(self, begun: Begun, job: Job) -> None:
        archive = await self.transfers.vault.find(begun.account, job.request.coordinates)
        assert (archive is not None) == (job.state == "FINISHED"), job
        if archive is not None:
            assert reading.unpacked(await self.transfers.data(begun.account, archive)) == self._pieces
            assert job.done == job.total
