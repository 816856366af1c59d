"""An account runs so many tests at a time."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.kept import ABSENT
from tests.gateway.rows import ACME, policy
from tests.stack import Client, Servers, Service, account_id


@pytest.fixture
async def idle(running: Servers, tmp_path: Path) -> AsyncIterator[Service]:
    """A gateway without workers; other workers may see its hints, but find nothing folded."""
    service = Service(running[0].dsn, running[1].url, tmp_path, GATEHOUSE_RUNNING_TESTS="2")
    await service.start(workers=0)
    yield service
    await service.stop()


async def queued(service: Service, client: Client) -> str:
    """A test that nobody will run: its chunk is held for an hour."""
    test_id: str = (await client.start(policy())).result["id"]
    connection = await service.connect()
    hold = (
        "UPDATE policy_test SET state = 'queued', lease_until = now() + interval '1 hour', finished_at = NULL"
    )
    await connection.execute(
        f"{hold} WHERE account_id = $1 AND test_id = $2::text::uuid", account_id(client), test_id
    )
    await connection.close()
    return test_id


async def test_one_test_too_many_waits(idle: Service) -> None:
    client, other = await idle.tenant(), await idle.tenant()
    first, _ = [await queued(idle, client) for _ in range(2)]
    refused = await client.start(policy(ACME))
    assert (refused.status, refused.body["errors"][0]["code"]) == (429, 10429)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert "x-should-retry" not in refused.headers
    again = await client.start(policy(), headers={"x-stainless-retry-count": "1"})
    assert again.result["id"] == first
    assert (await other.start(policy())).status == 200


async def test_what_is_one_too_many_is_not_looked_into(idle: Service) -> None:
    client = await idle.tenant()
    for _ in range(2):
        await queued(idle, client)
    assert (await client.start(ABSENT)).status == 429
