"""A search that takes longer than a request may: put off, and it goes on where it stopped."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from services.gateway import app
from shared.process.settings import Settings
from shared.store import people
from tests.gateway import rows
from tests.gateway.users import USERS
from tests.stack import Client, Service


@pytest.fixture
async def slow(service: Service, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """A gateway to which ten users are as many as it can look at in time, and an account of thirty."""
    monkeypatch.setattr(people, "PART_ORDINALS", 10)
    monkeypatch.setattr(people, "COUNTING_SECONDS", -1)
    monkeypatch.setattr(people, "FILLING_SECONDS", -1)
    client = await service.tenant()
    await client.imported(rows.people(30))
    settings = Settings(database_url=service.dsn, redis_url=service.environment["REDIS_URL"])
    runner = web.AppRunner(app.build(settings))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield Client(client.session, f"http://{host}:{port}", client.account, client.token)
    await runner.cleanup()


async def test_a_search_that_is_put_off_ends_when_it_is_asked_for_again(slow: Client) -> None:
    for seen in (10, 20):
        answer = await slow.call("GET", USERS, params={"name": "nobody"})
        assert answer.status == 503
        assert f"after {seen} of 30 users: ask again" in answer.body["errors"][0]["message"]
        assert answer.headers["Retry-After"] == "1"
        assert "x-should-retry" not in answer.headers
    assert (await slow.call("GET", USERS, params={"name": "nobody"})).result == []


async def test_a_pager_that_tries_again_reaches_the_end_of_a_search(slow: Client) -> None:
    everybody, found = (await slow.call("GET", USERS)).result, []
    async with asyncio.timeout(10):
        for page in range(1, 100):
            query = {"search": "@", "page": page, "per_page": 7}
            while (answer := await slow.call("GET", USERS, params=query)).status == 503:
                pass
            found += answer.result
            if not answer.result:
                break
    assert found == everybody
