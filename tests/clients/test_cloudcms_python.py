"""The official Python client of the second dialect. It has no policies, but can ask for anything."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest
from oauthlib.oauth2 import InvalidClientError, InvalidGrantError

from tests.clients import driver
from tests.gateway.cloudcms.program import PASSWORD, Program, program

# The client leaves closing its connections to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
Connect = Callable[..., Awaitable[tuple[Any, Any]]]
POLICY = {"title": "Staff", "order": 100, "statements": [{"action": "grant", "roles": ["consumer"]}]}


@pytest.fixture(autouse=True)
def _plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
async def website(service):
    return await program(service)


def options(website: Program, **changed: str) -> dict[str, str]:
    known = {
        "clientKey": website.key,
        "clientSecret": website.secret,
        "username": "ann",
        "password": PASSWORD,
    }
    return known | {"baseURL": website.client.url} | changed


@pytest.fixture(scope="session")
def module(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    cache = getattr(pytestconfig, "cache", None)
    return driver.installed(tmp_path_factory.getbasetemp() if cache is None else cache.mkdir("pip"))


@pytest.fixture
def connected(module: ModuleType, website: Program) -> Connect:
    """Connects a client, which says what is `changed` otherwise: it, and the platform that it read."""

    async def connect(**changed: str) -> tuple[Any, Any]:
        client = module.CloudCMS()
        return client, await asyncio.to_thread(client.connect, **options(website, **changed))

    return connect


async def ask(asked: Any, *given: Any, **named: Any) -> Any:
    return await asyncio.to_thread(asked, *given, **named)


async def test_it_connects_and_reads_the_platform(connected, website):
    client, platform = await connected()
    assert (platform.get_id(), platform.data["title"]) == (website.client.account, "test")
    assert client.token["token_type"] == "bearer"
    assert (await ask(client.get, "/auth/info"))["principalName"] == "ann"


async def test_it_writes_reads_and_deletes_policies(connected):
    client, _ = await connected()
    made = await ask(client.post, "/access/policies", data=POLICY)
    where = f"/access/policies/{made['_doc']}"
    read = await ask(client.get, where)
    assert {name: read[name] for name in POLICY} == POLICY
    assert read["_system"]["created_by"] == "ann"
    await ask(client.put, where, data=read | {"title": "Everybody"})
    listed = await ask(client.get, "/access/policies", {"limit": 10, "sort": {"title": 1}})
    assert [(row["_doc"], row["title"]) for row in listed["rows"]] == [(made["_doc"], "Everybody")]
    found = await ask(client.post, "/access/policies/query", {"limit": 1}, {"title": "Everybody"})
    assert found["total_rows"] == 1
    assert (await ask(client.delete, where))["ok"] is True
    assert (await ask(client.get, "/access/policies"))["rows"] == []


async def test_it_says_what_is_wrong_in_the_services_words(connected, module):
    client, _ = await connected()
    with pytest.raises(module.error.RequestError, match="does not exist"):
        await ask(client.get, "/access/policies/0123456789abcdef0123")
    with pytest.raises(module.error.RequestError, match="there is no such route"):
        await ask(client.get, "/no/such/route")


async def test_it_says_that_nobody_is_let_in(connected):
    with pytest.raises(InvalidGrantError, match="the username or the password is wrong"):
        await connected(password="wrong")
    with pytest.raises(InvalidClientError, match="the client is unknown or revoked"):
        await connected(clientSecret="wrong")


async def test_it_refreshes_a_token_that_has_expired(connected):
    client, _ = await connected()
    first = client.token["access_token"]
    client.token["expires_at"] = time.time() - 1
    assert (await ask(client.get, "/auth/info"))["principalName"] == "ann"
    assert client.token["access_token"] != first
    assert client.token["expires_at"] > time.time() + 3600


async def test_it_says_that_its_session_has_ended(connected, module):
    client, _ = await connected()
    assert await ask(client.post, "/auth/expire") == {"ok": True}
    with pytest.raises(module.error.RequestError, match="Invalid access token"):
        await ask(client.get, "/auth/info")
    client.token["expires_at"] = time.time() - 1
    with pytest.raises(InvalidGrantError, match="log in again"):
        await ask(client.get, "/auth/info")


async def test_it_waits_for_a_job_and_reads_what_it_came_to(connected):
    client, platform = await connected()
    where = {"group": "acme", "artifact": "access", "version": "1.0"}
    begun = await ask(client.post, "/export", where, {"includeACLs": True})
    job = await ask(platform.wait_for_job_completion, begun["_doc"])
    assert (job.data["state"], job.data["_result"]["group"]) == ("FINISHED", "acme")
    listed = await ask(platform.query_jobs, {"state": "FINISHED"}, {"limit": 3})
    assert list(listed) == [begun["_doc"]]
    assert (await ask(platform.kill_job, begun["_doc"])).data["state"] == "FINISHED"
    assert (await ask(platform.read_job, begun["_doc"])).data["percent"] == 100
    assert (await ask(client.get, "/vaults/primary/archives/lookup", where))["group"] == "acme"
