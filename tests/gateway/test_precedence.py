"""When several things are wrong with a request, one order decides which is said."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from shared.wire.tokens import new, text
from tests.stack import Client, Service

ABSENT = "00000000-0000-4000-8000-000000000000"
LARGE, DEEP, EMPTY = b"[" * 2_000_000, b"[" * 5_000, b'{"policies":[]}'
FOREIGN = "0" * 32


class Case(NamedTuple):
    """A request with a fault and all the faults that are looked for later."""

    status: int
    code: int
    token: str
    account: str = FOREIGN
    body: bytes = LARGE


CASES = [
    Case(400, 9106, "none"),
    Case(401, 1000, "unknown"),
    Case(404, 7003, "lesser"),
    Case(403, 10000, "lesser", "own"),
    Case(413, 10413, "full", "own"),
    Case(400, 12130, "full", "own", DEEP),
    Case(400, 12130, "full", "own", EMPTY),
]


@pytest.fixture
async def lesser(service: Service) -> Client:
    return await service.tenant(scopes=("policy-tests:read",))


@pytest.mark.parametrize("case", CASES)
async def test_the_first_check_that_fails_is_said(client: Client, lesser: Client, case: Case) -> None:
    caller = client if case.token == "full" else lesser
    tokens = {"none": "", "unknown": f"Bearer {text(new())}"}
    headers = {"Authorization": tokens.get(case.token, f"Bearer {caller.token}")}
    account = caller.account if case.account == "own" else case.account

    async def parts() -> AsyncIterator[bytes]:
        yield case.body

    answer = await caller.call(
        "POST", f"/accounts/{account}/access/policy-tests", data=parts(), headers=headers
    )
    assert (answer.status, answer.body["errors"][0]["code"]) == (case.status, case.code)


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_a_method_is_looked_at_before_the_caller(client: Client, method: str) -> None:
    path = f"{{a}}/access/policy-tests/{ABSENT}"
    assert (await client.call(method, path, headers={"Authorization": ""})).status == 405


async def test_a_wrong_type_of_import_is_said_before_its_size(client: Client) -> None:
    assert (await client.upload(b"x", "application/json")).status == 415
