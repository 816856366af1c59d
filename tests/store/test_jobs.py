"""Jobs are claimed by one at a time, ended once, and nothing is lost of them."""

from uuid import uuid4

import pytest

from shared.store import jobs, pool, sweeps
from shared.store.audit import Actor
from shared.wire.archive.manifest import Coordinates
from shared.wire.transfer import requests
from shared.wire.transfer.requests import Export

LEASE = 60.0
BY = Actor("tok", "Ann")
REQUEST = Export(Coordinates("g", "a", "1"))
EVERY = ("WAITING", "RUNNING", "FINISHED", "ERROR")


class Job:
    """One job of an account, and what is done to it."""

    def __init__(self, connection, account):
        self.connection, self.account, self.id = connection, account, uuid4()

    async def insert(self):
        await jobs.insert(self.connection, self.account, self.id, REQUEST, BY)
        return self

    async def claim(self, lease=LEASE):
        return await jobs.claim(self.connection, self.account, self.id, lease)

    async def expire(self):
        """Let the lease run out."""
        await self.connection.execute(
            "UPDATE job SET lease_until = now() - interval '1 s' WHERE job_id = $1", self.id
        )

    async def swept(self, rehint_seconds=3600):
        """Hints of this job that the sweeper would announce."""
        lost = await sweeps.lost_jobs(self.connection, rehint_seconds)
        return [each.hint for each in lost if each.subject == self.id]

    async def kill(self):
        return await jobs.kill(self.connection, self.account, self.id, Actor("other", "Bob"))

    async def now(self):
        return await jobs.get(self.connection, self.account, self.id)

    async def log(self):
        return [(entry.type, entry.message) for entry in (await self.now()).log]


@pytest.fixture
async def job(connection, account):
    return await Job(connection, account.id).insert()


async def test_a_new_job_waits(job):
    found = await job.now()
    assert (found.state, found.request, found.by, found.percent) == ("WAITING", REQUEST, BY, 0)
    assert (found.started_at, found.stopped_at, bytes(found.result)) == (None, None, b"")
    assert await job.log() == [("STATUS", "submitted")]
    stamp = found.log[0].timestamp / 1000
    assert abs(stamp - found.submitted_at.timestamp()) < 5


async def test_a_job_is_claimed_by_one_at_a_time(job):
    assert (await job.claim()).attempt == 1
    assert await job.claim() is None
    await job.expire()
    again = await job.claim()
    assert (again.attempt, again.stalled, requests.decode(again.request), again.by) == (2, 2, REQUEST, BY)


async def test_who_holds_an_older_claim_writes_nothing(job):
    first = await job.claim()
    await job.expire()
    second = await job.claim()
    assert not await jobs.renew(job.connection, first, 5, 10, LEASE)
    assert not await jobs.say(job.connection, first, "hello")
    assert not await jobs.finish(job.connection, first, 5, 10, "first")
    await jobs.fail(job.connection, first, "first")
    assert await jobs.give_back(job.connection, first, "first", charged=True) is None
    found = await job.now()
    assert (found.state, found.done, found.attempt) == ("RUNNING", 0, 2)
    assert await jobs.finish(job.connection, second, 5, 10, {"archive": "x"})
    assert (await job.now()).state == "FINISHED"


async def test_a_renewed_job_shows_its_progress_and_is_not_lost(job):
    claimed = await job.claim(lease=0)
    assert await jobs.renew(job.connection, claimed, 5, 10, LEASE)
    assert await job.swept() == []
    found = await job.now()
    assert (found.done, found.total, found.percent) == (5, 10, 50)
    assert await jobs.renew(job.connection, claimed, 10, 10, LEASE)
    assert (await job.now()).percent == 99


async def test_a_finished_job_has_a_result_and_is_over(job):
    claimed = await job.claim()
    assert await jobs.finish(job.connection, claimed, 7, 7, {"archive": "x"})
    found = await job.now()
    assert (found.state, found.percent, bytes(found.result)) == ("FINISHED", 100, b'{"archive":"x"}')
    assert found.started_at <= found.stopped_at
    assert await job.log() == [("STATUS", "submitted"), ("STATUS", "started"), ("STATUS", "finished")]
    assert not await jobs.finish(job.connection, claimed, 7, 7, None)
    assert await job.claim() is None
    assert not await job.kill()
    assert await job.swept(0) == []


async def test_a_failed_job_says_why(job):
    await jobs.fail(job.connection, await job.claim(), "no \0 archive `x`", {"changes": []})
    found = await job.now()
    assert (found.state, bytes(found.result)) == ("ERROR", b'{"changes":[]}')
    assert (await job.log())[-1] == ("ERROR", "no � archive `x`")
    assert await job.claim() is None


@pytest.mark.parametrize("claimed", [False, True])
async def test_a_killed_job_is_over_at_once(job, claimed):
    claim = await job.claim() if claimed else None
    assert await job.kill()
    found = await job.now()
    assert (found.state, found.killed, (await job.log())[-1]) == ("ERROR", True, ("ERROR", "killed by `Bob`"))
    assert not await job.kill()
    assert await job.claim() is None
    if claim:
        assert not await jobs.renew(job.connection, claim, 1, 2, LEASE)


async def test_a_job_given_back_starts_anew_and_is_not_charged(job):
    claimed = await job.claim()
    await jobs.renew(job.connection, claimed, 5, 10, LEASE)
    assert await jobs.give_back(job.connection, claimed, "stopping", charged=False) == 1
    found = await job.now()
    assert (found.state, found.done, found.total) == ("WAITING", 0, None)
    assert (await job.claim()).stalled == 1


async def test_a_job_that_stalls_too_often_is_not_claimed_any_more(job):
    for stalls in range(1, jobs.STALLS + 1):
        claimed = await job.claim()
        assert claimed.stalled == stalls
        await jobs.give_back(job.connection, claimed, "a fault", charged=True)
    assert await job.claim() is None


async def test_a_job_whose_worker_is_gone_is_announced_once_and_waits(job):
    await job.claim()
    assert await job.swept() == []
    await job.expire()
    assert await job.swept() == [1]
    assert (await job.now()).state == "WAITING"
    assert await job.swept() == []


async def test_a_job_that_took_its_workers_down_is_ended(job):
    for _ in range(jobs.STALLS):
        await job.claim()
        await job.expire()
    assert await job.swept(0) == []
    found = await job.now()
    assert (found.state, (await job.log())[-1][0]) == ("ERROR", "ERROR")
    assert "stopped its worker 3 times" in found.log[-1].message


async def test_a_job_that_is_locked_while_it_is_to_be_ended_is_ended_later(job, migrated):
    for _ in range(jobs.STALLS):
        await job.claim()
        await job.expire()
    other = await pool.connect(migrated)
    ending = other.transaction()
    await ending.start()
    await other.execute("SELECT FROM job WHERE job_id = $1 FOR UPDATE", job.id)
    await job.connection.execute(sweeps.SQL["fail_jobs"], jobs.STALLS)
    await ending.rollback()
    await other.close()
    await job.connection.fetch(sweeps.SQL["lost_jobs"], 0, jobs.STALLS)
    assert (await job.now()).state == "RUNNING"
    await job.swept(0)
    assert (await job.now()).state == "ERROR"


async def test_a_job_that_nobody_takes_is_announced_again_ever_more_slowly(job):
    await job.connection.execute(
        "UPDATE job SET hinted_at = now() - interval '3 s' WHERE job_id = $1", job.id
    )
    assert await job.swept(2) == [1]
    await job.connection.execute(
        "UPDATE job SET hinted_at = now() - interval '3 s' WHERE job_id = $1", job.id
    )
    assert await job.swept(2) == []
    assert await job.swept(1) == [2]


async def test_the_sweeper_waits_for_no_job_that_is_just_ending(job, migrated):
    claimed = await job.claim()
    await job.expire()
    other = await pool.connect(migrated)
    async with job.connection.transaction():
        assert await jobs.finish(job.connection, claimed, 1, 1, None)
        assert job.id not in [each.subject for each in await sweeps.lost_jobs(other, 0)]
    await other.close()


async def test_a_log_has_an_end_and_its_ending_is_told_anyway(job):
    claimed = await job.claim()
    for number in range(jobs.LOG_LIMIT + 5):
        assert await jobs.say(job.connection, claimed, f"{number} " + "x" * 5000)
    await jobs.finish(job.connection, claimed, 1, 1, None)
    log = await job.log()
    assert len(log) == jobs.LOG_LIMIT + 1
    assert log[-1] == ("STATUS", "finished")
    assert max(len(message) for _, message in log) == 1000


async def test_jobs_are_listed_by_state_newest_first_without_results(connection, account):
    first, second, third = [await Job(connection, account.id).insert() for _ in range(3)]
    await jobs.finish(connection, await first.claim(), 1, 1, {"large": True})
    await second.claim()

    async def listed(*states, window=(0, 10)):
        return [job.job_id for job in await jobs.page(connection, account.id, states, window)]

    assert await listed(*EVERY) == [third.id, second.id, first.id]
    assert await listed(*EVERY, window=(1, 1)) == [second.id]
    assert await listed("WAITING") == [third.id]
    assert await jobs.count(connection, account.id, EVERY) == 3
    assert await jobs.unfinished(connection, account.id) == 2
    (finished,) = await jobs.page(connection, account.id, ["FINISHED"], (0, 10))
    assert bytes(finished.result) == b""


async def test_a_job_of_another_account_is_none(job, connection):
    assert await jobs.get(connection, uuid4(), job.id) is None
    assert not await jobs.kill(connection, uuid4(), job.id, BY)
    assert await jobs.claim(connection, uuid4(), job.id, LEASE) is None
