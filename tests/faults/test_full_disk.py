"""A disk without room ends a transfer with a word about it, and leaves nothing that is half there."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from shared.store import pool
from shared.store.archives import Heading
from shared.wire.archive.manifest import Coordinates
from shared.wire.transfer.requests import Export, Import
from tests.faults.harness import Fleet, Site
from tests.faults.transfers import WORKER, Begun, Transfers, transfers
from tests.transfer.strategies import MOST, world
from tests.transfer.writing import write
from tests.vault.keeping import stream

# A file may become so long and no longer: that is told as a full disk is, and whoever is root can be told it.
FILE_BYTES = 40_000
WHERE = Coordinates("faults", "disk", "1")
FULL = "no space is left where the worker writes; try again when there is"


@pytest.fixture(scope="module")
async def there(site: Site) -> AsyncIterator[Transfers]:
    async with transfers(site) as found:
        yield found


async def ended(there: Transfers, begun: Begun) -> str:
    job = await there.ended(begun)
    assert (job.state, job.attempt) == ("ERROR", 1)
    await there.check_nothing_stray()
    return job.log[-1].message


def files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


async def test_an_import_that_cannot_be_spooled_ends(there: Transfers) -> None:
    account = await there.account()
    data = stream([Random(1).randbytes(2 * FILE_BYTES)])
    archive = await there.vault.keep(account, Heading(WHERE, "export"), data, "Ann")
    async with Fleet(there.site.service, WORKER, 1, FAULTS_FILE_BYTES=str(FILE_BYTES)) as fleet:
        assert await ended(there, await there.begin(account, Import(str(archive.id)))) == FULL
        assert fleet.deaths == 0


async def test_an_export_that_cannot_be_kept_ends(there: Transfers, tmp_path: Path) -> None:
    account, sizes = await there.account(), {**dict.fromkeys(MOST, 0), "resources": 1500}
    async with pool.acquire(there.pool) as connection:
        await write(connection, account, world(sizes, Random(1)))
    place = {"GATEHOUSE_ARCHIVES_URL": f"file://{tmp_path}"}
    async with Fleet(there.site.service, WORKER, 1, FAULTS_FILE_BYTES=str(FILE_BYTES), **place) as fleet:
        assert await ended(there, await there.begin(account, Export(WHERE))) == FULL
        assert fleet.deaths == 0
    assert await there.archives(account) == {}
    assert files(tmp_path) == []
