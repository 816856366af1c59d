"""The official client, as its users have it: configured by arguments, not by whoever runs the tests."""

import os
from collections.abc import Callable, Iterator

import pytest
from cloudflare import Cloudflare

from tests.gateway.rows import people
from tests.stack import Client, Service

COUNT = 61
Connect = Callable[..., Cloudflare]


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
        options = {"api_token": tenant.token, "max_retries": 0} | given
        client = Cloudflare(base_url=tenant.url + prefix, _strict_response_validation=strict, **options)
        made.append(client)
        return client

    yield connected
    for client in made:
        client.close()
