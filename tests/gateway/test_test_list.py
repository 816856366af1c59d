"""The tests of an account: listed, cancelled while they run, removed once they have ended."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from tests.gateway.kept import ABSENT, GROUPS, POLICIES, group, kept, naming, put
from tests.gateway.list_calls import created, on
from tests.gateway.rows import ACME, people, policy
from tests.stack import Client, Service, account_id, servers

TESTS = "{a}/access/policy-tests"
TABLES = ("policy_test", "policy_test_chunk", "policy_test_result")
COUNT = 500  # 32 segments of 16 users, four chunks
CHUNK_SECONDS = 0.4
AGAIN = {"x-stainless-retry-count": "1"}


async def listed(client: Client, **query: Any) -> list[Any]:
    return (await client.call("GET", TESTS, params=query)).result


async def deleted(client: Client, test_id: str, **headers: str) -> int:
    """The status of a DELETE, whose result is the test's id."""
    answer = await client.call("DELETE", f"{TESTS}/{test_id}", headers=headers)
    assert answer.status != 202 or answer.result == {"id": test_id}
    return answer.status


async def rows(service: Service, test_id: str) -> list[int]:
    """How many rows each table has of a test."""
    connection = await service.connect()
    try:
        counts = [f"SELECT count(*) FROM {table} WHERE test_id = $1" for table in TABLES]
        return [await connection.fetchval(query, UUID(test_id)) for query in counts]
    finally:
        await connection.close()


async def deeds(client: Client) -> list[tuple[str, str, Any]]:
    """What the audit log says of tests: action, subject, document, the latest last."""
    entries = (await client.call("GET", "{a}/audit-log", params={"kind": "policy_test"})).result
    return [(each["action"], each["subject_id"], each["document"]) for each in reversed(entries)]


async def test_the_newest_test_comes_first(client: Client) -> None:
    assert await listed(client) == []
    await client.imported(people(9))
    ids = [(await client.tested(policy()))["id"] for _ in range(3)]
    assert [row["id"] for row in await listed(client)] == ids[::-1]
    assert await listed(client) == [await client.status(test_id) for test_id in ids[::-1]]


async def test_tests_come_in_pages(client: Client) -> None:
    ids = [(await client.tested(policy(name=f"{n}")))["id"] for n in range(5)][::-1]
    pages = [await client.call("GET", TESTS, params={"page": page, "per_page": 2}) for page in range(1, 5)]
    assert [[row["id"] for row in each.result] for each in pages] == [ids[:2], ids[2:4], ids[4:], []]
    shown = {"page": 3, "per_page": 2, "count": 1, "total_count": 5, "total_pages": 3}
    assert pages[2].body["result_info"] == shown
    first = await client.call("GET", TESTS)
    assert (first.body["result_info"]["per_page"], len(first.result)) == (25, 5)


async def test_tests_are_filtered_by_their_state(service: Service, client: Client) -> None:
    states = ["queued", "processing", "complete", "exceeded_time", "cancelled", "failed"]
    ids = {state: (await client.tested(policy(name=state)))["id"] for state in states}
    connection = await service.connect()
    change = """
        UPDATE policy_test SET state = $3, lease_until = now() + interval '1 hour',
            finished_at = CASE WHEN $3 IN ('queued', 'processing') THEN NULL ELSE now() END
        WHERE account_id = $1 AND test_id = $2
    """
    for state, test_id in ids.items():
        await connection.execute(change, account_id(client), UUID(test_id), state)
    await connection.close()
    for state, test_id in ids.items():
        assert [(row["id"], row["state"]) for row in await listed(client, state=state)] == [(test_id, state)]
    refused = await client.call("GET", TESTS, params={"state": "blocked"})
    assert refused.status == 400
    assert "`state`" in refused.faults[0][1]


async def test_an_ended_test_is_removed_with_all_its_rows(service: Service, client: Client) -> None:
    await client.imported(people(COUNT))
    kept_id, test_id = [(await client.tested(policy(ACME, name=name)))["id"] for name in "ab"]
    shown = await client.status(test_id)
    assert all(await rows(service, test_id))
    assert await deleted(client, test_id) == 202
    assert await rows(service, test_id) == [0, 0, 0]
    assert all(await rows(service, kept_id))
    assert await deleted(client, test_id) == 404
    for part in ("", "/users", "/policies"):
        assert (await client.call("GET", f"{TESTS}/{test_id}{part}")).status == 404
    assert [row["id"] for row in await listed(client)] == [kept_id]
    document = {name: value for name, value in shown.items() if not name.endswith("_at")}
    assert await deeds(client) == [("delete", test_id, document)]


@pytest.mark.parametrize("test_id", [ABSENT, "f" * 64, "no id"])
async def test_what_is_not_there_cannot_be_removed(client: Client, test_id: str) -> None:
    answer = await client.call("DELETE", f"{TESTS}/{test_id}")
    assert (answer.status, answer.body["errors"][0]["code"]) == (404, 12135)


async def test_reading_does_not_allow_removing(service: Service) -> None:
    reader = await service.tenant(scopes=("policy-tests:read",))
    answer = await reader.call("DELETE", f"{TESTS}/{ABSENT}")
    assert (answer.status, answer.body["errors"][0]["code"]) == (403, 10000)
    assert (await reader.call("GET", TESTS)).status == 200


@pytest.fixture(scope="module")
async def slow(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """A gateway, and one worker that takes its time with each chunk."""
    folder = tmp_path_factory.mktemp("slow")
    async with servers(folder) as (postgres, valkey):
        service = Service(postgres.dsn, valkey.url, folder, FAULTS_CHUNK_SECONDS=str(CHUNK_SECONDS))
        await service.start(workers=0)
        await service.add_worker("tests.faults.slow_worker")
        yield service
        await service.stop()


@pytest.fixture(scope="module")
async def crowd(slow: Service) -> Client:
    client = await slow.tenant(segment_bits=4)
    await client.imported(people(COUNT))
    return client


async def begun(client: Client, *policies: Any) -> str:
    """A test of which a part is done."""
    test_id: str = (await client.start(*policies)).result["id"]
    async with asyncio.timeout(20):
        while not (await client.status(test_id))["users_processed"]:
            await asyncio.sleep(0.02)
    return test_id


async def test_a_running_test_is_cancelled_within_a_chunk(slow: Service, crowd: Client) -> None:
    test_id = await begun(crowd, policy(ACME))
    assert await deleted(crowd, test_id) == 202
    status = await crowd.status(test_id)
    assert (status["status"], status["state"], status["failure"]) == ("blocked", "cancelled", None)
    assert 0 < status["users_processed"] < COUNT
    assert status["finished_at"]
    await asyncio.sleep(2 * CHUNK_SECONDS + 1)
    assert await crowd.status(test_id) == status
    assert len(await crowd.users(test_id)) == status["users_processed"]
    assert (await listed(crowd, state="cancelled"))[0] == status
    connection = await slow.connect()
    query = "SELECT DISTINCT state FROM policy_test_chunk WHERE test_id = $1"
    states = {row["state"] for row in await connection.fetch(query, UUID(test_id))}
    await connection.close()
    assert states == {"done", "parked"}
    (action, subject, document) = (await deeds(crowd))[-1]
    assert (action, subject, document["state"]) == ("cancel", test_id, "cancelled")


async def test_cancelling_twice_removes_what_was_done(slow: Service, crowd: Client) -> None:
    test_id = await begun(crowd, policy(ACME))
    assert [await deleted(crowd, test_id) for _ in range(3)] == [202, 202, 404]
    assert await rows(slow, test_id) == [0, 0, 0]
    await asyncio.sleep(CHUNK_SECONDS)
    assert await rows(slow, test_id) == [0, 0, 0]
    assert [deed[0] for deed in (await deeds(crowd))[-2:]] == ["cancel", "delete"]
    assert (await crowd.tested(policy()))["users_approved"] == COUNT


async def test_cancelling_again_for_a_lost_answer_removes_nothing(crowd: Client) -> None:
    test_id = await begun(crowd, policy(ACME))
    assert await deleted(crowd, test_id) == 202
    status = await crowd.status(test_id)
    assert [await deleted(crowd, test_id, **AGAIN) for _ in range(2)] == [202, 202]
    assert await crowd.status(test_id) == status
    assert await deleted(crowd, test_id) == 202
    assert await deleted(crowd, test_id, **AGAIN) == 202
    assert await deleted(crowd, test_id) == 404
    assert [deed[0] for deed in (await deeds(crowd))[-2:]] == ["cancel", "delete"]


async def test_what_is_sent_again_but_never_arrived_is_done(crowd: Client) -> None:
    test_id = (await crowd.tested(policy()))["id"]
    assert await deleted(crowd, test_id, **AGAIN) == 202
    assert (await crowd.call("GET", f"{TESTS}/{test_id}")).status == 404
    assert await deleted(crowd, ABSENT, **AGAIN) == 404


async def test_a_test_goes_on_as_it_started_whatever_becomes_of_its_parts(crowd: Client) -> None:
    used = await created(crowd, *(f"u{n}@acme.example" for n in range(COUNT)))
    named = await kept(crowd, GROUPS, **group({"email_list": {"id": used["id"]}}))
    edited, gone = [await kept(crowd, POLICIES, **policy(*naming(named["id"]))) for _ in range(2)]
    test_id = await begun(crowd, edited["id"], gone["id"])
    await put(crowd, POLICIES, edited["id"], policy(decision="deny"))
    assert (await crowd.call("DELETE", f"{POLICIES}/{gone['id']}")).status == 202
    await put(crowd, GROUPS, named["id"], group({"geo": {"country_code": "DE"}}))
    await on(crowd, "PUT", used, json={"name": "l", "items": []})
    await on(crowd, "DELETE", used)
    assert (await crowd.status(test_id))["status"] == "processing"
    status = await crowd.ended(test_id)
    acme = -(-COUNT // 3)
    assert (status["users_approved"], status["users_blocked"]) == (acme, COUNT - acme)
    assert (await crowd.tested(edited["id"]))["users_approved"] == 0


async def test_a_foreign_test_is_neither_cancelled_nor_shown(slow: Service, crowd: Client) -> None:
    test_id = await begun(crowd, policy(ACME))
    stranger = await slow.tenant()
    assert await deleted(stranger, test_id) == 404
    assert await listed(stranger) == []
    assert (await crowd.ended(test_id))["status"] == "complete"
    assert await deleted(stranger, test_id) == 404
    assert await listed(crowd, state="complete")
