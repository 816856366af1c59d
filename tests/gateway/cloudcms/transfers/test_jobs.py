"""Jobs are polled in the shapes that drivers know, waited for where that is asked, and killed."""

import asyncio
import time
from uuid import uuid4

import pytest

from services.gateway import transfers
from shared.store import jobs
from shared.wire.transfer.requests import Results
from tests.gateway.cloudcms.holdings import changes, refusal
from tests.gateway.cloudcms.transfers.waiting import ARCHIVE, Waiting
from tests.stack import Service

RESULT = {"archive": "5" * 32, "group": "acme", "artifact": "access", "version": "1.0"}
FAMILIES = [("GET", "/jobs/{}"), ("GET", "/jobs/{}/poll"), ("POST", "/jobs/{}/kill")]


async def test_a_job_that_waits_has_every_field_that_drivers_read(waiting: Waiting) -> None:
    job_id = await waiting.begun(**ARCHIVE)
    shown = await waiting.shown(job_id)
    submitted, (entry,) = shown.pop("submitted_timestamp"), shown.pop("log_entries")
    assert shown.pop("schedule_start_ms") == submitted["ms"]
    assert (entry["type"], entry["message"]) == ("STATUS", "submitted")
    assert abs(entry["timestamp"]["ms"] - submitted["ms"]) < 1000
    del shown["_data"]
    assert shown == {
        "_doc": job_id.hex,
        "type": "transfer-export",
        "state": "WAITING",
        "platformId": waiting.client.account,
        "runAsPrincipalId": waiting.client.token.split("_")[1],
        "runAsPrincipalDomainId": "default",
        "priority": 0,
        "attempts": 0,
        "submitted_by": "test",
        "started": False,
        "stopped": False,
        "paused": False,
        "current_thread": None,
        "current_server": None,
        "killed": False,
        "percent": 0,
        "items_done": 0,
        "items_total": None,
    }


async def test_a_job_is_followed_until_it_is_finished(waiting: Waiting) -> None:
    job_id = await waiting.begun(**ARCHIVE)
    claimed = await waiting.claimed(job_id)
    await jobs.renew(waiting.connection, claimed, 2, 3, 60)
    shown = await waiting.shown(job_id)
    assert (shown["state"], shown["started"], shown["stopped"], shown["attempts"]) == (
        "RUNNING",
        True,
        False,
        1,
    )
    assert (shown["percent"], shown["items_done"], shown["items_total"]) == (66, 2, 3)
    assert shown["started_timestamp"]["ms"] >= shown["submitted_timestamp"]["ms"]
    await jobs.renew(waiting.connection, claimed, 3, 3, 60)
    assert (await waiting.shown(job_id))["percent"] == 99
    assert await jobs.finish(waiting.connection, claimed, 3, 3, RESULT)
    shown = (await waiting.call("GET", f"/jobs/{job_id}/poll")).body
    assert (shown["state"], shown["stopped"], shown["percent"]) == ("FINISHED", True, 100)
    assert (shown["_result"], shown["log_entries"][-1]["message"]) == (RESULT, "finished")


async def test_a_job_that_fails_says_why(waiting: Waiting) -> None:
    job_id = await waiting.begun(**ARCHIVE)
    await waiting.failed(job_id, "the archive has no manifest")
    shown = await waiting.shown(job_id)
    last = shown["log_entries"][-1]
    assert (shown["state"], last["type"]) == ("ERROR", "ERROR")
    assert (last["message"], "_result" in shown) == ("the archive has no manifest", False)


@pytest.mark.parametrize("schedule", ["SYNCHRONOUS", "synchronous"])
@pytest.mark.parametrize("ends_well", [True, False])
async def test_a_synchronous_request_waits_for_its_job(
    waiting: Waiting, schedule: str, *, ends_well: bool
) -> None:
    asked = asyncio.create_task(waiting.call("POST", "/export", **ARCHIVE, schedule=schedule))
    async with asyncio.timeout(10):
        while not (found := await jobs.page(waiting.connection, waiting.account, ["WAITING"], (0, 1))):
            await asyncio.sleep(0.02)
    if ends_well:
        await waiting.finished(found[0].job_id, RESULT)
    else:
        await waiting.failed(found[0].job_id, "it is broken")
    answer = await asked
    state = "FINISHED" if ends_well else "ERROR"
    assert (answer.status, answer.body["state"], answer.body["ok"]) == (200, state, ends_well)
    assert answer.body["_doc"] == found[0].job_id.hex


@pytest.mark.parametrize("schedule", ["ASYNCHRONOUS", "Asynchronous", ""])
async def test_an_asynchronous_request_does_not_wait(waiting: Waiting, schedule: str) -> None:
    answer = await waiting.call("POST", "/export", **ARCHIVE, schedule=schedule)
    assert (answer.status, answer.body["state"], answer.body["ok"]) == (200, "WAITING", True)


async def test_whoever_waits_does_not_keep_others_from_writing(waiting: Waiting) -> None:
    asked = [asyncio.create_task(waiting.call("POST", "/export", schedule="synchronous")) for _ in range(8)]
    async with asyncio.timeout(10):
        while await jobs.unfinished(waiting.connection, waiting.account) < len(asked):
            await asyncio.sleep(0.02)
    started = time.monotonic()
    answers = [await waiting.call("POST", "/access/policies", {"title": str(n)}) for n in range(8)]
    assert [each.status for each in answers] == [200] * 8
    assert time.monotonic() - started < transfers.PATIENCE_SECONDS / 2
    for job in await jobs.page(waiting.connection, waiting.account, ["WAITING"], (0, 10)):
        await waiting.finished(job.job_id, RESULT)
    assert {each.body["state"] for each in await asyncio.gather(*asked)} == {"FINISHED"}


async def test_a_job_is_killed_once(waiting: Waiting) -> None:
    job_id = await waiting.begun(**ARCHIVE)
    for _ in range(2):
        answer = await waiting.call("POST", f"/jobs/{job_id}/kill")
        assert (answer.status, answer.body["ok"], answer.body["state"]) == (200, True, "ERROR")
    shown = await waiting.shown(job_id)
    last = shown["log_entries"][-1]
    assert (shown["state"], shown["killed"], last["type"]) == ("ERROR", True, "ERROR")
    assert last["message"] == "killed by `test`"
    created, cancelled = await changes(waiting.client, "job")
    assert (created[0], cancelled[0], cancelled[2]["state"]) == ("create", "cancel", "ERROR")


async def test_a_job_that_has_ended_is_not_killed(waiting: Waiting) -> None:
    job_id = await waiting.begun(**ARCHIVE)
    await waiting.finished(job_id, RESULT)
    assert (await waiting.call("POST", f"/jobs/{job_id}/kill")).status == 200
    assert (await waiting.shown(job_id))["state"] == "FINISHED"
    assert len(await changes(waiting.client, "job")) == 1


@pytest.mark.parametrize(("method", "path"), FAMILIES)
@pytest.mark.parametrize(
    "job_id", ["5" * 32, "55555555-5555-4555-8555-555555555555", "x", "x" * 300, "%00", "urn:uuid:1"]
)
async def test_what_is_no_job_is_absent(waiting: Waiting, method: str, path: str, job_id: str) -> None:
    message = refusal(await waiting.call(method, path.format(job_id)), 404)
    assert message.startswith("job `")


@pytest.mark.parametrize(("method", "path"), FAMILIES)
async def test_a_job_of_another_account_is_absent(
    waiting: Waiting, idle: Service, method: str, path: str
) -> None:
    job_id = await waiting.begun(**ARCHIVE)
    stranger = await idle.tenant()
    refusal(await stranger.call(method, path.format(job_id)), 404)
    assert (await waiting.job(job_id)).state == "WAITING"


async def test_a_job_of_a_policy_test_says_which(waiting: Waiting) -> None:
    test_id, job_id = uuid4(), uuid4()
    request = Results((await waiting.kept()).heading.coordinates, test_id, "csv")
    await jobs.insert(waiting.connection, waiting.account, job_id, request, ("token", "ann"))
    shown = await waiting.shown(job_id)
    assert (shown["type"], shown["submitted_by"]) == ("results-export", "ann")
    assert shown["_data"]["sources"][-1]["id"] == str(test_id)
    assert shown["_data"]["configuration"] == {"format": "csv"}
