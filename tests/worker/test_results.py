"""Results are written as a file from a test that is there, while it is there, and go with it."""

import io
import json
import tracemalloc
from uuid import UUID, uuid4

import pytest
from pyarrow import parquet

from services.worker.transfer import transfer
from shared.store import jobs as store
from shared.store import pool, results
from shared.store.audit import Actor
from shared.store.jobs import Job
from shared.vault.rows import Rows
from shared.wire.jobs import Hint, Kind
from shared.wire.results.forms import FORMS, GROUP, asked
from shared.wire.transfer.requests import Format
from tests.gateway.rows import THREE_VERDICTS, people, policy
from tests.worker.conftest import Jobs

COUNT = 100
REMOVE = "DELETE FROM policy_test WHERE account_id = $1 AND test_id = $2 RETURNING true"


HOLD = """
    UPDATE policy_test_chunk SET state = 'running', lease_until = now() + interval '1 hour'
    WHERE account_id = $1 AND test_id = $2 AND number = 2 RETURNING true
"""


async def tested(jobs: Jobs) -> str:
    test_id = await jobs.started(THREE_VERDICTS)
    await jobs.planned(test_id)
    await jobs.evaluated(test_id, 0)
    return test_id


async def exported(jobs: Jobs, test_id: str, form: Format = "ndjson", *, reasons: bool = False) -> Job:
    job_id, wanted = uuid4(), asked(UUID(test_id), form, reasons=reasons)
    async with pool.acquire(jobs.work.pool) as connection:
        await store.insert(connection, jobs.account, job_id, wanted, Actor("tok", "Ann"))
    await transfer(jobs.work, Hint(Kind.TRANSFER, jobs.account, job_id))
    async with pool.acquire(jobs.work.pool) as connection:
        job = await store.get(connection, jobs.account, job_id)
    assert job is not None
    return job


async def file(jobs: Jobs, test_id: str, form: Format = "ndjson") -> bytes | None:
    archive = await jobs.work.vault.find(jobs.account, asked(UUID(test_id), form).coordinates)
    if archive is None:
        return None
    assert (archive.heading.kind, archive.created_by) == ("results", "Ann")
    return b"".join([piece async for piece in jobs.work.vault.read(jobs.account, archive)])


def said(job: Job) -> tuple[str, str]:
    return job.state, job.log[-1].message


async def test_a_file_has_every_user_in_their_order_whatever_parts_it_is_read_in(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "PART_ORDINALS", 5)
    await jobs.imported(people(COUNT))
    test_id = await tested(jobs)
    job = await exported(jobs, test_id)
    assert (job.state, job.done, job.total) == ("FINISHED", COUNT, COUNT)
    rows = [json.loads(line) for line in (await file(jobs, test_id) or b"").splitlines()]
    assert rows == await jobs.client.verdicts(test_id)
    assert [row["name"] for row in rows] == [f"User {number}" for number in range(COUNT)]


async def test_of_a_test_that_was_cancelled_there_is_what_was_processed(jobs: Jobs) -> None:
    await jobs.imported(people(300))  # 19 segments, three chunks
    test_id = await jobs.started(THREE_VERDICTS)
    assert await jobs.value(HOLD, UUID(test_id))
    await jobs.evaluated(test_id, 0)
    await jobs.client.call("DELETE", f"{{a}}/access/policy-tests/{test_id}")
    processed = await jobs.client.verdicts(test_id)
    assert len(processed) == 256
    job = await exported(jobs, test_id)
    assert (job.state, job.total) == ("FINISHED", len(processed))
    rows = [json.loads(line) for line in (await file(jobs, test_id) or b"").splitlines()]
    assert rows == processed


async def test_a_test_that_was_cancelled_before_it_began_has_no_rows(jobs: Jobs) -> None:
    await jobs.imported(people(20))
    test_id = await jobs.started(policy())
    await jobs.client.call("DELETE", f"{{a}}/access/policy-tests/{test_id}")
    assert (await exported(jobs, test_id, "parquet")).state == "FINISHED"
    assert parquet.read_table(io.BytesIO(await file(jobs, test_id, "parquet") or b"")).num_rows == 0


async def test_a_test_that_is_gone_or_runs_is_refused(jobs: Jobs) -> None:
    await jobs.imported(people(20))
    running, nobodys = await jobs.started(policy()), str(uuid4())
    for test_id in (running, nobodys):
        job = await exported(jobs, test_id)
        assert said(job) == ("ERROR", f"the policy test `{test_id}` is not there any more, or has not ended")
        assert await file(jobs, test_id) is None


@pytest.mark.parametrize("reasons", [False, True])
async def test_a_test_that_is_removed_while_it_is_read_leaves_no_file(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch, *, reasons: bool
) -> None:
    await jobs.imported(people(COUNT))
    test_id, rows, read = await tested(jobs), results.rows, 0

    async def removed(*given):
        nonlocal read
        if (read := read + 1) == 4:
            assert await jobs.value(REMOVE, UUID(test_id))
        return await rows(*given)

    monkeypatch.setattr(results, "rows", removed)
    job = await exported(jobs, test_id, reasons=reasons)
    assert job.state == "ERROR"
    assert "is not there any more" in job.log[-1].message
    assert await file(jobs, test_id) is None


async def test_a_file_goes_with_its_test_and_no_other_does(jobs: Jobs) -> None:
    await jobs.imported(people(20))
    gone, kept = [await tested(jobs) for _ in range(2)]
    for test_id in (gone, kept):
        assert (await exported(jobs, test_id)).state == "FINISHED"
    await jobs.tidied()
    assert await file(jobs, gone)
    await jobs.client.call("DELETE", f"{{a}}/access/policy-tests/{gone}")
    await jobs.tidied()
    assert (await file(jobs, gone), bool(await file(jobs, kept))) == (None, True)
    await jobs.work.vault.sweep()
    count = "SELECT count(*) FROM archive WHERE account_id = $1 AND group_id = $2"
    assert await jobs.value(count, GROUP) == 1


async def test_memory_does_not_grow_with_the_directory(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rows, "piece_bytes", 1 << 14)  # or the files were a piece each
    peaks = dict[tuple[Format, int], int]()
    for count in (1_000, 10_000):
        await jobs.imported(people(count))
        test_id = await tested(jobs)
        for form in FORMS:
            tracemalloc.start()
            assert (await exported(jobs, test_id, form)).done == count
            peaks[form, count] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    for form in FORMS:
        assert peaks[form, 10_000] < peaks[form, 1_000] + (1 << 20), peaks
