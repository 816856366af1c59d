"""Servers that are away: said quickly, and over as soon as they are back."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.gateway.rows import people, policy
from tests.stack import Answer, Client, Servers, Service, servers

ABSENT = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Servers, Service]]:
    folder = tmp_path_factory.mktemp("outages")
    async with servers(folder) as both:
        service = Service(both[0].dsn, both[1].url, folder)
        await service.start()
        await service.client.imported(people(30))
        yield both, service
        await service.stop()


async def in_time(client: Client, method: str, path: str, **given: object) -> Answer:
    began = time.monotonic()
    answer = await client.call(method, path, **given)
    assert time.monotonic() - began < 3
    return answer


async def recovered(client: Client) -> None:
    async with asyncio.timeout(15):
        while (await client.start(policy())).status != 200:
            await asyncio.sleep(0.1)


def check_unavailable(answer: Answer) -> None:
    assert (answer.status, answer.body["success"]) == (503, False)
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "x-should-retry" not in answer.headers


async def test_without_postgres_requests_are_put_off(own: tuple[Servers, Service]) -> None:
    (postgres, _), service = own
    client = service.client
    test_id = (await client.tested(policy()))["id"]
    fresh = await service.tenant()
    await postgres.stop()
    for path in (f"{{a}}/access/policy-tests/{test_id}", f"{{a}}/access/policy-tests/{test_id}/users"):
        check_unavailable(await in_time(client, "GET", path))
    check_unavailable(await in_time(client, "POST", "{a}/access/policy-tests", json={"policies": [policy()]}))
    headers = {"Content-Type": "application/x-ndjson"}
    check_unavailable(await in_time(client, "POST", "{a}/directory/imports", data=people(3), headers=headers))
    check_unavailable(await in_time(fresh, "GET", f"{{a}}/directory/imports/{ABSENT}"))
    assert (await in_time(client, "GET", "/readyz")).status == 503
    assert (await in_time(client, "GET", "/livez")).status == 200
    assert (await in_time(client, "POST", "{a}/access/policy-tests", data=b"x")).status == 400
    await postgres.start()
    await recovered(client)
    assert (await client.tested(policy()))["users_approved"] == 30


async def test_without_redis_a_test_starts_and_runs_later(own: tuple[Servers, Service]) -> None:
    (_, valkey), service = own
    client = service.client
    await valkey.stop()
    started = await in_time(client, "POST", "{a}/access/policy-tests", json={"policies": [policy()]})
    test_id = started.result["id"]
    uploaded = await in_time(
        client,
        "POST",
        "{a}/directory/imports",
        data=people(33),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert uploaded.status == 202
    ready = await in_time(client, "GET", "/readyz")
    assert (ready.status, ready.body["status"]) == (200, "ok")
    assert ready.body["queue"] != "ok"
    assert (await client.status(test_id))["state"] in ("queued", "processing")
    await valkey.start()
    assert (await client.ended(test_id, 40))["users_approved"] == 30
    async with asyncio.timeout(30):
        while (await client.tested(policy()))["total_users"] != 33:
            await asyncio.sleep(0.2)
