"""Whatever kills a process that keeps an archive, there is a whole archive or none, and nothing else."""

import asyncio
import os
import signal
import sys

import pytest

from tests.stack import ROOT
from tests.vault.dying import STEPS
from tests.vault.keeping import MIB


@pytest.mark.parametrize("step", STEPS)
async def test_a_death_on_the_way_leaves_the_older_archive_and_nothing_else(keeper, settings, step):
    older = await keeper.keep(b"older")
    environment = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "GATEHOUSE_ARCHIVES_URL": settings.archives_url,
        "PYTHONPATH": str(ROOT),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.vault.dying", keeper.account.hex, step),
        env={**os.environ, **environment},
        cwd=ROOT,
    )
    assert await process.wait() == -signal.SIGKILL
    (archive,) = await keeper.vault.every(keeper.account)
    assert (archive == older) is (step != STEPS[-1])
    assert len(await keeper.data(archive)) == (12 * MIB if step == STEPS[-1] else 5)
    whole = await keeper.pieces() if step == STEPS[-1] else 2
    await keeper.swept()
    assert await keeper.parcels() == 1
    assert await keeper.pieces() == whole - 1
    assert len(await keeper.data(archive)) == archive.length
