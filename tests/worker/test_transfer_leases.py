"""Who holds a job keeps it while it works, and writes nothing when it is another's."""

import asyncio
import time

import pytest

from services.worker.running import Running, Stopped
from services.worker.work import Work
from shared.store import jobs as store
from shared.store import pool
from tests.worker.carrier import LEASE_SECONDS, Carrier, started, writes, written
from tests.worker.conftest import Jobs


@pytest.fixture
def carrier(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> Carrier:
    return Carrier(jobs, monkeypatch)


async def test_a_killed_transfer_learns_of_it_and_writes_nothing(carrier: Carrier) -> None:
    stopped = asyncio.Event()

    async def deed(_: Work, running: Running) -> None:
        try:
            while True:
                await asyncio.sleep(0.05)
                await running.done(1)
        except Stopped:
            stopped.set()
            raise

    await carrier.begin(deed)
    task = await started(carrier)
    await carrier.kill()
    async with asyncio.timeout(10):
        await task
    assert stopped.is_set()
    assert await carrier.ended() == ("ERROR", "killed by `Bob`")


LOST = {
    "killed": "UPDATE job SET state = 'ERROR', stopped_at = now() WHERE account_id = $1",
    "another's": "UPDATE job SET attempt = attempt + 1 WHERE account_id = $1",
    "waiting again": "UPDATE job SET state = 'WAITING' WHERE account_id = $1",
}


@pytest.mark.parametrize("how", LOST)
async def test_the_end_of_a_lost_job_undoes_what_was_written(carrier: Carrier, how: str) -> None:
    async def deed(work: Work, running: Running) -> None:
        await carrier.execute(LOST[how])
        await writes(work, running)

    await carrier.begin(deed)
    await carrier.transferred()
    assert not await written(carrier)
    assert (await carrier.now()).state != "FINISHED"


async def test_the_lease_is_kept_while_a_thread_computes(carrier: Carrier) -> None:
    async def deed(work: Work, running: Running) -> None:
        await running.total(10)
        await running.done(4)
        await asyncio.to_thread(time.sleep, 3 * LEASE_SECONDS)
        await writes(work, running)

    await carrier.begin(deed)
    task = await started(carrier)
    await asyncio.sleep(2 * LEASE_SECONDS)
    async with pool.acquire(carrier.work.pool) as connection:
        assert await store.claim(connection, carrier.account, carrier.id, LEASE_SECONDS) is None
    job = await carrier.now()
    assert (job.done, job.total, job.percent) == (4, 10, 40)
    await task
    assert (await carrier.now()).state == "FINISHED"


HOLD = "SELECT FROM job WHERE account_id = $1 FOR UPDATE"


async def test_who_cannot_renew_the_lease_stops_when_it_is_over(carrier: Carrier) -> None:
    seconds: list[float] = []

    async def deed(work: Work, running: Running) -> None:
        began = time.monotonic()
        async with pool.acquire(work.pool) as connection, connection.transaction():
            await connection.execute(HOLD, running.account)
            try:
                while time.monotonic() < began + 10 * LEASE_SECONDS:
                    await asyncio.sleep(0.05)
                    await running.done(1)
            finally:
                seconds.append(time.monotonic() - began)

    await carrier.begin(deed)
    await carrier.transferred()
    assert LEASE_SECONDS / 2 < seconds[0] < 3 * LEASE_SECONDS
    assert await carrier.ended() == ("WAITING", "to be started again: the lease was lost")


async def test_a_transfer_that_never_waits_keeps_its_lease_all_the_same(carrier: Carrier) -> None:
    async def deed(work: Work, running: Running) -> None:
        ends = time.monotonic() + 2 * LEASE_SECONDS
        while time.monotonic() < ends:
            await running.done(1)
        await writes(work, running)

    await carrier.begin(deed)
    await carrier.transferred()
    assert (await carrier.now()).state == "FINISHED"


async def test_a_worker_told_to_stop_gives_the_job_back_and_says_so(carrier: Carrier) -> None:
    async def deed(_: Work, __: Running) -> None:
        await asyncio.sleep(3600)

    await carrier.begin(deed)
    task = await started(carrier)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await carrier.ended() == ("WAITING", "to be started again: the worker is stopping")
    async with pool.acquire(carrier.work.pool) as connection:
        claimed = await store.claim(connection, carrier.account, carrier.id, LEASE_SECONDS)
    assert claimed is not None
    assert (claimed.attempt, claimed.stalled) == (2, 1)
