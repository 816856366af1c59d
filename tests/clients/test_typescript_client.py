"""The official TypeScript client runs tests, fails readably, and says who it is in each of its ways."""

from typing import Any

import pytest

from tests.clients.conftest import Script
from tests.clients.node import WITH_INSTALLING
from tests.clients.test_typescript_resources import NOT_FOUND, fault
from tests.stack import Service

pytestmark = WITH_INSTALLING

EMAILS = ["ann@acme.example", "ben@acme.example", "cas@acme.example", "dan@acme.example"]
EMAIL = "ann@acme.example"


@pytest.fixture(scope="module")
async def said(script: Script) -> Any:
    """What came of a test."""
    return await script("policy_tests", emails=EMAILS)


async def test_a_test_of_kept_and_inline_policies(said: Any) -> None:
    status = said["status"]
    assert said["started"] == {"id": status["id"], "status": "success"}
    assert (status["status"], status["total_users"], status["percent_users_processed"]) == (
        "complete",
        4,
        100,
    )
    assert [status[f"users_{each}"] for each in ("approved", "blocked", "errored")] == [2, 2, 0]
    assert [status[f"percent_{each}"] for each in ("approved", "blocked", "errored")] == [50, 50, 0]
    assert said["filtered"] == {"success": 2, "fail": 2, "error": 0}
    assert fault(said["unknown"]) == ("BadRequestError", 400, 12130)
    assert said["unknown"]["errors"][0]["source"] == {"pointer": "/policies/0"}


async def test_the_pager_of_a_tests_users_ends(said: Any) -> None:
    pages = said["pages"]
    for rows in pages.values():
        assert [row["email"] for row in rows] == EMAILS
        assert [row["status"] for row in rows] == ["approved", "approved", "blocked", "blocked"]
    assert sorted(pages) == ["1", "1000", "2"]


async def test_a_failure_is_the_clients_own_exception(service: Service, script: Script) -> None:
    reader = await service.tenant(scopes=("policies:read",))
    given = {"reader": {"token": reader.token, "account": reader.account}}
    said = await script("faults", foreign=service.account, **given)
    assert {name: fault(each) for name, each in said["absent_ones"].items()} == dict.fromkeys(
        said["absent_ones"], NOT_FOUND
    )
    assert len(said["absent_ones"]) == 20
    assert fault(said["foreign"]) == ("NotFoundError", 404, 7003)
    assert fault(said["denied"]) == ("PermissionDeniedError", 403, 10000)
    assert fault(said["page"]) == ("BadRequestError", 400, 12130)
    assert (said["faulty"]["class"], said["faulty"]["status"]) == ("BadRequestError", 400)
    pointers = [error["source"]["pointer"] for error in said["faulty"]["errors"]]
    assert pointers == ["/include/0/ip/ip", "/include/1/group/id"]


# How the client is told who it is, and the words that it is refused with.
REFUSED = {
    "address without a key": ({"apiToken": None, "apiEmail": EMAIL}, "CLOUDFLARE_EMAIL"),
    "vendor's key": ({"apiToken": None, "apiEmail": EMAIL, "apiKey": "0" * 37}, "no token of Gatehouse"),
    "service key": ({"apiToken": None, "userServiceKey": "v1.0-0"}, "Authorization: Bearer"),
    "token that is none": ({"apiToken": "x"}, "a token of Gatehouse"),
}


async def test_each_way_to_say_who_it_is(script: Script) -> None:
    options = {name: given for name, (given, _) in REFUSED.items()}
    said = await script("credentials", options=options, email=EMAIL)
    assert said["by_key"] == ["g"]
    for name, (_, words) in REFUSED.items():
        assert fault(said["outcomes"][name]) == ("BadRequestError", 400, 9106)
        assert words in said["outcomes"][name]["message"]
    # Unlike the Python client this one sends its token beside the address, and that decides.
    assert said["stray_email"] is None
