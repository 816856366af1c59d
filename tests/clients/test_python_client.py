"""The official Python client runs its whole flow against a live service, in its strictest mode."""

import asyncio
import time
from typing import Any

import pytest
from cloudflare import AsyncCloudflare, Cloudflare

from tests.clients.conftest import COUNT, Connect
from tests.gateway.rows import THREE_VERDICTS
from tests.stack import Client

PER_VERDICT = {"success": ("approved", 21), "fail": ("blocked", 20), "error": ("error", 20)}
INTEGERS = (
    *("total_users", "percent_users_processed", "users_approved", "users_blocked", "users_errored"),
    *("percent_approved", "percent_blocked", "percent_errored"),
)


def operations(client: Cloudflare) -> Any:
    return client.zero_trust.access.applications.policy_tests


def finished(client: Cloudflare, account: str, *policies: object) -> Any:
    started = operations(client).create(account_id=account, policies=list(policies))
    assert started.status == "success"
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        status = operations(client).get(started.id, account_id=account)
        if status.status != "processing":
            return status
        time.sleep(0.02)
    raise AssertionError("the test does not end")


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("prefix", ["/client/v4", "", "/client/v4/"])
async def test_a_test_is_started_and_watched(
    tenant: Client, connect: Connect, prefix: str, *, strict: bool
) -> None:
    client = connect(strict=strict, prefix=prefix)
    status = await asyncio.to_thread(finished, client, tenant.account, THREE_VERDICTS)
    assert (status.status, status.total_users, status.percent_users_processed) == ("complete", COUNT, 100)
    assert (status.users_approved, status.users_blocked, status.users_errored) == (21, 20, 20)
    assert (status.percent_approved, status.percent_blocked, status.percent_errored) == (34, 33, 33)
    assert {type(getattr(status, name)) for name in INTEGERS} == {int}


def listed(client: Cloudflare, account: str, **query: object) -> list[Any]:
    status = finished(client, account, THREE_VERDICTS)
    return list(operations(client).users.list(status.id, account_id=account, **query))


@pytest.mark.parametrize("per_page", [1, 7, 25, 1000])
@pytest.mark.parametrize("strict", [True, False])
async def test_the_pager_yields_every_user_once_and_stops(
    tenant: Client, connect: Connect, per_page: int, *, strict: bool
) -> None:
    rows = await asyncio.to_thread(listed, connect(strict=strict), tenant.account, per_page=per_page)
    assert [row.name for row in rows] == [f"User {n}" for n in range(COUNT)]
    assert len({row.id for row in rows}) == COUNT


@pytest.mark.parametrize("word", PER_VERDICT)
async def test_the_pager_filters(tenant: Client, connect: Connect, word: str) -> None:
    rows = await asyncio.to_thread(listed, connect(), tenant.account, status=word, per_page=7)
    assert ({row.status for row in rows}, len(rows)) == ({PER_VERDICT[word][0]}, PER_VERDICT[word][1])


async def test_a_page_says_where_it_is(tenant: Client, connect: Connect) -> None:
    def first() -> Any:
        client = connect()
        status = finished(client, tenant.account, THREE_VERDICTS)
        return operations(client).users.list(status.id, account_id=tenant.account, page=2, per_page=10)

    page = await asyncio.to_thread(first)
    assert (page.result_info.page, page.result_info.per_page, len(page.result)) == (2, 10, 10)


async def test_the_asynchronous_client_does_the_same(tenant: Client) -> None:
    url = f"{tenant.url}/client/v4"
    async with AsyncCloudflare(
        base_url=url, api_token=tenant.token, _strict_response_validation=True
    ) as client:
        policy_tests = client.zero_trust.access.applications.policy_tests
        started = await policy_tests.create(account_id=tenant.account, policies=[THREE_VERDICTS])
        assert (await tenant.ended(started.id))["status"] == "complete"
        status = await policy_tests.get(started.id, account_id=tenant.account)
        pager = policy_tests.users.list(started.id, account_id=tenant.account, per_page=9)
        assert len([row async for row in pager]) == status.total_users == COUNT


async def test_an_email_beside_the_token_does_no_harm(tenant: Client, connect: Connect) -> None:
    client = connect(default_headers={"X-Auth-Email": "ann@acme.example"})
    assert (await asyncio.to_thread(finished, client, tenant.account, THREE_VERDICTS)).status == "complete"
