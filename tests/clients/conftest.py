"""The official client, as its users have it: configured by arguments, not by whoever runs the tests."""

import os
import ssl
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from cloudflare import Cloudflare, DefaultHttpxClient

from tests.clients import node
from tests.gateway.cloudcms.program import PASSWORD, Program, program
from tests.gateway.rows import people
from tests.stack import Client, Service

COUNT = 61
# Made once: to load the certificates takes longer than most tests here, and none of them uses any.
CONTEXT = ssl.create_default_context()
Connect = Callable[..., Cloudflare]
Script = Callable[..., Awaitable[Any]]


class Vendor:
    """The official client of an account: what the service has of it, and `where`, which every call takes."""

    def __init__(self, client: Cloudflare, account: str) -> None:
        access = client.zero_trust.access
        self.client, self.account = client, account
        self.where: dict[str, Any] = {"account_id": account}
        self.policies, self.groups, self.users = access.policies, access.groups, access.users
        self.lists = client.zero_trust.gateway.lists
        self.tests = access.applications.policy_tests

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()


def http() -> DefaultHttpxClient:
    """What the official client would make for itself."""
    return DefaultHttpxClient(verify=CONTEXT)


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("CLOUDFLARE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
async def tenant(service: Service) -> Client:
    """An account with users of three verdicts in several segments."""
    client = await service.tenant(segment_bits=4)
    assert (await client.imported(people(COUNT)))["users_created"] == COUNT
    return client


@pytest.fixture
def connect(tenant: Client) -> Iterator[Connect]:
    """Makes clients of the tenant: `strict` refuses whatever the client's types do not say."""
    made: list[Cloudflare] = []

    def connected(*, strict: bool = True, prefix: str = "/client/v4", **given: object) -> Cloudflare:
        options: dict[str, Any] = {"api_token": tenant.token, "max_retries": 0, "http_client": http()} | given
        client = Cloudflare(base_url=tenant.url + prefix, _strict_response_validation=strict, **options)
        made.append(client)
        return client

    yield connected
    for client in made:
        client.close()


def connected(client: Client, **given: Any) -> Vendor:
    """The official client of an account, told nothing but where the service is unless `given`."""
    options: dict[str, Any] = {"api_token": client.token, "max_retries": 0, "http_client": http()} | given
    return Vendor(Cloudflare(base_url=f"{client.url}/client/v4", **options), client.account)


@pytest.fixture(params=[True, False], ids=["strict", "lenient"])
def vendor(client: Client, request: pytest.FixtureRequest) -> Iterator[Vendor]:
    """The official client of an account of its own, checking what is answered, and not."""
    with connected(client, _strict_response_validation=request.param) as vendor:
        yield vendor


@pytest.fixture(scope="session")
def npm(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where clients for Node.js are kept."""
    cache = getattr(pytestconfig, "cache", None)
    return tmp_path_factory.getbasetemp() if cache is None else cache.mkdir("npm")


@pytest.fixture(scope="session")
def scripts(npm: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts and the official TypeScript client."""
    return node.scripts("typescript", npm, tmp_path_factory.mktemp("typescript"))


@pytest.fixture(scope="module")
def script(service: Service, scripts: Path) -> Script:
    """Runs a script of the official TypeScript client for an account of its own: what it prints."""

    async def ran(name: str, **given: Any) -> Any:
        return await node.run(scripts, name, await service.tenant(segment_bits=4), **given)

    return ran


@pytest.fixture(scope="session")
def driver_scripts(npm: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts and the official drivers of the second dialect."""
    return node.scripts("gitana", npm, tmp_path_factory.mktemp("gitana"))


@pytest.fixture
async def website(service: Service) -> Program:
    """What a driver says to be, in an account of its own."""
    return await program(service)


@pytest.fixture
def drive(website: Program, driver_scripts: Path) -> Script:
    """Runs a script of the official drivers, logged in by a program: what it prints."""

    async def ran(name: str, **given: Any) -> Any:
        known = {"key": website.key, "secret": website.secret, "username": "ann", "password": PASSWORD}
        return await node.run(driver_scripts, name, website.client, **known, **given)

    return ran
