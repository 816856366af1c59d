"""Imports in the tests of faults."""

from random import Random
from uuid import UUID

import msgspec

from shared.store import pool
from shared.store.archives import Heading
from shared.store.jobs import Job
from shared.wire.archive.manifest import Coordinates
from shared.wire.transfer.contents import Piece
from shared.wire.transfer.requests import Import, Strategy
from tests.faults.stepping_worker import WORD
from tests.faults.transfers import Begun, Transfers
from tests.transfer import reading
from tests.transfer.bringing import possible
from tests.transfer.strategies import MOST, World, world
from tests.transfer.writing import Writer, write
from tests.vault.keeping import stream

HEADING = Heading(Coordinates("faults", "import", "1"), "export")
AUDITED = "SELECT count(*) FROM audit_entry WHERE account_id = $1"


class ImportCarried:
    """Imports of one archive, each into an account of its own that has the people and nothing else."""

    early, late = "archives.get", "archives.piece"

    def __init__(self, transfers: Transfers, made: World, pieces: list[Piece]) -> None:
        self.transfers, self._made, self._pieces = transfers, made, pieces

    @classmethod
    async def make(cls, transfers: Transfers) -> "ImportCarried":
        made, account = possible(world(MOST, Random(8))), await transfers.account()
        async with pool.acquire(transfers.pool) as connection:
            await write(connection, account, made)
            return cls(transfers, made, await reading.pieces(connection, account))

    async def _account(self) -> UUID:
        account = await self.transfers.account()
        alone = self._made._replace(people=tuple(each._replace(groups=()) for each in self._made.people))
        async with pool.acquire(self.transfers.pool) as connection:
            await Writer(connection, account, Random(0)).people(alone)
        return account

    async def begin(self, deed: str, step: str) -> Begun:
        account = await self._account()
        data = stream([reading.packed(self._pieces)])
        archive = await self.transfers.vault.keep(account, HEADING, data, "Ann")
        request = Import(str(archive.id), strategy=Strategy.CLONE, substitutions={WORD + deed: step})
        return await self.transfers.begin(account, request)

    async def check(self, begun: Begun, job: Job) -> None:
        async with pool.acquire(self.transfers.pool) as connection:
            found = await reading.pieces(connection, begun.account)
        audited = await self.transfers.value(AUDITED, begun.account)
        if job.state == "FINISHED":
            assert found == self._pieces
            assert audited == len(msgspec.json.decode(job.result)["changes"])
        else:
            assert (found, audited) == ([], 0)
