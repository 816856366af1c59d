"""What transfers carry in the tests of faults: for each kind, requests, and what must be there in the end."""

from typing import Protocol
from uuid import UUID

from shared.store.jobs import Job
from shared.wire.archive.manifest import Coordinates
from shared.wire.transfer.requests import Request, Results
from tests.faults.exported import ExportCarried
from tests.faults.imported import ImportCarried
from tests.faults.population import MIXED, people
from tests.faults.transfers import Begun, Transfers
from tests.stack import account_id

PEOPLE = people(60)


class Carried(Protocol):
    """One kind of transfer; `early` and `late` are steps at which no other attempt has to wait for it."""

    early: str
    late: str

    async def begin(self, deed: str, step: str) -> Begun:
        """Begin one that comes to grief in this way at this step; `peace` does not."""

    async def check(self, begun: Begun, job: Job) -> None:
        """Fail unless all is there that a finished job promises; or nothing, if it is not finished."""


class ResultsCarried:
    """Results of a policy test; each job writes an archive of a version of its own."""

    early, late = "commit", "archives.lock"

    def __init__(self, transfers: Transfers, account: UUID, test_id: UUID) -> None:
        self.transfers, self.account, self.test_id = transfers, account, test_id
        self._whole: bytes | None = None

    @classmethod
    async def make(cls, transfers: Transfers) -> "ResultsCarried":
        client = await transfers.site.populated(PEOPLE)
        test_id = (await client.tested(*MIXED.policies))["id"]
        return cls(transfers, account_id(client), UUID(test_id))

    def _request(self, deed: str, step: str) -> Request:
        return Results(Coordinates("faults", deed, step), self.test_id, "ndjson")

    async def begin(self, deed: str, step: str) -> Begun:
        return await self.transfers.begin(self.account, self._request(deed, step))

    async def check(self, begun: Begun, job: Job) -> None:
        coordinates = job.request.coordinates
        archive = await self.transfers.vault.find(begun.account, coordinates)
        assert (archive is not None) == (job.state == "FINISHED"), job
        if archive is not None:
            data = await self.transfers.data(begun.account, archive)
            self._whole = self._whole or data
            assert data == self._whole
            assert data.count(b"\n") == len(PEOPLE) == job.done


CARRIED = {"results": ResultsCarried.make, "export": ExportCarried.make, "import": ImportCarried.make}
