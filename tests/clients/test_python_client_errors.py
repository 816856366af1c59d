"""Failures reach users of the official client as the exceptions it has for them, with readable errors."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import cloudflare
import pytest

from shared.wire.tokens import new, text
from tests.clients.conftest import Connect
from tests.gateway.rows import policy
from tests.stack import Client, Service

ABSENT = "00000000-0000-4000-8000-000000000000"
FOREIGN = "0" * 32


def operations(client: cloudflare.Cloudflare) -> Any:
    return client.zero_trust.access.applications.policy_tests


def created(client: cloudflare.Cloudflare, account: str) -> None:
    operations(client).create(account_id=account, policies=[policy()])


def faulty(client: cloudflare.Cloudflare, account: str) -> None:
    operations(client).create(account_id=account, policies=[policy({"ip": {"ip": "x"}})])


def omitted(client: cloudflare.Cloudflare, account: str) -> None:
    operations(client).create(account_id=account)


def absent(client: cloudflare.Cloudflare, account: str) -> None:
    operations(client).get(ABSENT, account_id=account)


def mispaged(client: cloudflare.Cloudflare, account: str) -> None:
    list(operations(client).users.list(ABSENT, account_id=account, per_page=5000))


def foreign(client: cloudflare.Cloudflare, _: str) -> None:
    created(client, FOREIGN)


UNKNOWN = {"api_token": text(new())}
LONE_EMAIL = {"api_token": None, "api_email": "a@b.example"}


class Case(NamedTuple):
    """What is done with which options, and the exception, code and pointer that it ends in."""

    act: Callable[[cloudflare.Cloudflare, str], None]
    options: dict[str, Any]
    expected: type[cloudflare.APIStatusError]
    code: int
    pointer: str | None = None


CASES = [
    Case(faulty, {}, cloudflare.BadRequestError, 12130, "/policies/0/include/0/ip/ip"),
    Case(omitted, {}, cloudflare.BadRequestError, 12130, "/policies"),
    Case(mispaged, {}, cloudflare.BadRequestError, 12130),
    Case(absent, {}, cloudflare.NotFoundError, 12135),
    Case(foreign, {}, cloudflare.NotFoundError, 7003),
    Case(created, UNKNOWN, cloudflare.AuthenticationError, 1000),
    Case(created, {"api_token": "x"}, cloudflare.BadRequestError, 9106),
    Case(created, LONE_EMAIL, cloudflare.BadRequestError, 9106),
]


@pytest.mark.parametrize("case", CASES)
async def test_a_failure_is_the_clients_own_exception(tenant: Client, connect: Connect, case: Case) -> None:
    with pytest.raises(case.expected) as raised:
        await asyncio.to_thread(case.act, connect(**case.options), tenant.account)
    error = raised.value.errors[0]
    assert (error.code, bool(error.message)) == (case.code, True)
    assert (error.source.pointer if error.source else None) == case.pointer


async def test_a_token_without_the_scope_is_denied(service: Service, connect: Connect) -> None:
    reader = await service.tenant(scopes=("policy-tests:read",))
    with pytest.raises(cloudflare.PermissionDeniedError) as raised:
        await asyncio.to_thread(created, connect(api_token=reader.token), reader.account)
    assert raised.value.errors[0].code == 10000


@pytest.mark.parametrize("act", [faulty, absent, foreign])
async def test_what_cannot_succeed_is_tried_once(tenant: Client, connect: Connect, act: Any) -> None:
    began = time.monotonic()
    with pytest.raises(cloudflare.APIStatusError) as raised:
        await asyncio.to_thread(act, connect(max_retries=5), tenant.account)
    assert time.monotonic() - began < 2
    assert raised.value.request.headers["x-stainless-retry-count"] == "0"
