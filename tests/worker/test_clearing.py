"""Bytes that no archive has are cleared by whichever worker sweeps."""

from collections.abc import AsyncIterator

from prometheus_client import REGISTRY

from services.worker.sweep import TIDY_SECONDS, Sweeper
from shared.store.archives import Heading
from shared.wire.archive.manifest import Coordinates
from tests.worker.conftest import Jobs

PIECES = "SELECT count(*) FROM parcel_piece WHERE account_id = $1"
AGE = "UPDATE parcel SET lease_until = now() WHERE account_id = $1 AND lease_until < 'infinity'"


async def pieces() -> AsyncIterator[bytes]:
    yield b"bytes"


async def test_a_worker_clears_what_no_archive_has_and_nothing_else(jobs: Jobs) -> None:
    sweeper, vault = Sweeper(jobs.work), jobs.work.vault
    for _ in range(3):
        heading = Heading(Coordinates("g", "a", "1"), "export")
        kept = await vault.keep(jobs.account, heading, pieces(), "Ann")
    await jobs.value(AGE)
    await sweeper.sweep()
    assert await jobs.value(PIECES) == 3
    sweeper.cleared -= TIDY_SECONDS
    await sweeper.sweep()
    assert await jobs.value(PIECES) == 1
    assert [piece async for piece in vault.read(jobs.account, kept)] == [b"bytes"]
    assert REGISTRY.get_sample_value("gatehouse_swept_total", {"finding": "cleared parcel"}) == 2
