"""Whatever a transfer does, its job ends, and what it came to is there exactly if it is finished."""

import errno

import asyncpg
import pytest

from services.worker import transfer as module
from services.worker.running import RefusedInDetail, Running
from services.worker.work import Work
from shared.directory.errors import Refused
from shared.store import jobs as store
from shared.store import pool
from shared.store.audit import Actor
from shared.wire.faults import Fault, Faulty
from tests.worker.carrier import NAMED, Carrier, writes, written
from tests.worker.conftest import Jobs


@pytest.fixture
def carrier(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> Carrier:
    return Carrier(jobs, monkeypatch)


async def test_a_transfer_ends_with_what_it_wrote(carrier: Carrier) -> None:
    async def deed(work: Work, running: Running) -> None:
        assert (running.account, running.job_id) == (carrier.account, carrier.id)
        assert running.by == Actor("tok", "Ann")
        await running.total(3)
        await running.say("counted")
        await running.done(3)
        await writes(work, running)

    await carrier.begin(deed)
    await carrier.transferred()
    job = await carrier.now()
    assert (job.state, job.done, job.total, job.percent) == ("FINISHED", 3, 3, 100)
    assert bytes(job.result) == b'{"archive":"x"}'
    assert [entry.message for entry in job.log] == ["submitted", "started", "counted", "finished"]
    assert await written(carrier)
    await carrier.transferred()
    assert await carrier.now() == job


REFUSALS: dict[str, tuple[Exception, str]] = {
    "refused": (Refused("no archive `x`"), "no archive `x`"),
    "in detail": (RefusedInDetail("3 refused", {"changes": [1]}), "3 refused"),
    "faulty": (Faulty(Fault("too long", "/a"), Fault("empty")), "too long at `/a`; empty"),
    "a full disk": (
        OSError(errno.ENOSPC, "No space left on device"),
        "no space is left where the worker writes; try again when there is",
    ),
    "a full database": (
        asyncpg.DiskFullError("could not extend file"),
        "no space is left in the database; try again when there is",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_what_cannot_be_done_ends_with_a_reason_and_nothing_written(
    carrier: Carrier, name: str
) -> None:
    error, message = REFUSALS[name]

    async def deed(work: Work, running: Running) -> None:
        async with pool.acquire(work.pool) as connection, connection.transaction():
            await connection.execute(NAMED, running.account)
            raise error

    await carrier.begin(deed)
    await carrier.transferred()
    assert await carrier.ended() == ("ERROR", message)
    assert (await carrier.now()).log[-1].type == "ERROR"
    assert bytes((await carrier.now()).result) == (b'{"changes":[1]}' if name == "in detail" else b"")
    assert not await written(carrier)


async def test_a_fault_of_ours_is_tried_again_and_then_told_without_its_text(carrier: Carrier) -> None:
    async def deed(_: Work, __: Running) -> None:
        raise KeyError("a secret")

    await carrier.begin(deed)
    await carrier.again()
    await carrier.again()
    assert (await carrier.ended())[0] == "WAITING"
    await carrier.transferred()
    state, message = await carrier.ended()
    assert (state, message.partition(";")[0]) == ("ERROR", "a fault of the service")
    job = await carrier.now()
    assert job.attempt == store.STALLS
    assert "secret" not in "".join(entry.message for entry in job.log)


async def test_a_transfer_that_forgets_its_end_does_not_hang(carrier: Carrier) -> None:
    async def deed(_: Work, __: Running) -> None:
        pass

    await carrier.begin(deed)
    await carrier.again()
    assert await carrier.ended() == ("WAITING", "to be started again: a fault of the service")


async def test_a_database_that_was_away_is_not_charged_to_the_job_but_not_for_ever(
    carrier: Carrier,
) -> None:
    async def deed(_: Work, __: Running) -> None:
        raise ConnectionResetError

    await carrier.begin(deed)
    for _ in range(module.ATTEMPTS - 1):
        await carrier.again()
    assert await carrier.ended() == ("WAITING", "to be started again: the database was away or busy")
    await carrier.transferred()
    state, message = await carrier.ended()
    assert (state, message.partition(",")[0]) == ("ERROR", "interrupted 20 times")


async def test_an_interrupted_transfer_starts_anew(carrier: Carrier) -> None:
    faults = [ConnectionResetError(), KeyError()]

    async def deed(work: Work, running: Running) -> None:
        await running.total(2)
        await running.done(1)
        if faults:
            raise faults.pop()
        await running.done(1)
        await writes(work, running)

    await carrier.begin(deed)
    await carrier.again()
    await carrier.again()
    await carrier.transferred()
    job = await carrier.now()
    assert (job.state, job.done, job.total, job.attempt) == ("FINISHED", 2, 2, 3)


async def test_an_ended_job_is_forgotten_after_a_while(carrier: Carrier, jobs: Jobs) -> None:
    await carrier.begin(writes)
    await carrier.transferred()
    await jobs.tidied()
    assert (await carrier.now()).state == "FINISHED"
    await carrier.execute("UPDATE job SET stopped_at = now() - interval '8 days' WHERE account_id = $1")
    await jobs.tidied()
    assert await jobs.value("SELECT count(*) FROM job WHERE account_id = $1") == 0
