"""What whoever runs the gateway can ask, without a token and without learning anybody's name."""

import re

import pytest

from tests.gateway.rows import lines, policy
from tests.stack import Client, Service

SECRETS = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-|@|gate_", re.IGNORECASE)


@pytest.mark.parametrize(
    ("path", "key"), [("/livez", "status"), ("/readyz", "status"), ("/version", "version")]
)
async def test_health_is_told_to_anybody(service: Service, path: str, key: str) -> None:
    answer = await service.client.call("GET", path, headers={"Authorization": ""})
    assert answer.status == 200
    assert answer.body[key]


async def metrics(service: Service) -> str:
    assert service.session is not None
    async with service.session.get(f"{service.url}/metrics") as response:
        assert response.status == 200
        return await response.text()


async def test_metrics_count_requests_by_route_and_name_nobody(service: Service, client: Client) -> None:
    await client.imported(lines({"email": "canary@acme.example"}))
    test_id = (await client.tested(policy()))["id"]
    await client.users(test_id)
    await client.call("GET", "/accounts/canary/access/policy-tests/canary")
    await client.call("PROPFIND", "/canary")
    text = await metrics(service)
    assert "policy-tests/{policy_test_id}/users" in text
    assert "canary" not in text
    assert "PROPFIND" not in text
    assert SECRETS.findall(text) == []


async def test_a_worker_tells_how_it_is(service: Service) -> None:
    port = (await service.workers[0].event("worker ready"))["port"]
    assert service.session is not None
    for path, expected in (("/livez", "ok"), ("/metrics", "gatehouse_jobs_total")):
        async with service.session.get(f"http://127.0.0.1:{port}{path}") as response:
            text = await response.text()
            assert (response.status, expected in text) == (200, True)
            assert SECRETS.findall(text) == []
