"""Pages put together are all users, each once, whatever the size and the filter."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from services.gateway import pages
from shared.store import policy_tests
from shared.store.pool import Connection, one_moment
from tests.gateway.rows import THREE_VERDICTS, VERDICTS, people
from tests.stack import Answer, Client, Service, account_id

COUNT = 61
FILTERS = {
    "success": "approved",
    "fail": "blocked",
    "error": "error",
    "approved": "approved",
    "blocked": "blocked",
}


@pytest.fixture(scope="module")
async def tested(service: Service) -> tuple[Client, str]:
    """A finished test of users in several segments."""
    client = await service.tenant(segment_bits=4)
    assert (await client.imported(people(COUNT)))["users_created"] == COUNT
    return client, (await client.tested(THREE_VERDICTS))["id"]


async def page(tested: tuple[Client, str], **query: object) -> Answer:
    client, test_id = tested
    answer = await client.call("GET", f"{{a}}/access/policy-tests/{test_id}/users", params=query)
    assert answer.status == 200
    return answer


async def rows(tested: tuple[Client, str], **query: object) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for number in range(1, COUNT + 3):
        answer = await page(tested, page=number, **query)
        if not answer.result:
            return found
        found += answer.result
    raise AssertionError("the pages do not end")


def number(row: dict[str, str]) -> int:
    return int(row["name"].removeprefix("User "))


@pytest.mark.parametrize("per_page", [1, 7, 16, 25, 61, 1000])
async def test_all_pages_together_are_all_users_in_order(tested: tuple[Client, str], per_page: int) -> None:
    found = await rows(tested, per_page=per_page)
    assert [number(row) for row in found] == list(range(COUNT))
    assert all(row["status"] == VERDICTS[number(row) % 3] for row in found)
    fields = {"id", "email", "name", "status", "reason", "policy", "rule"}
    assert all(set(row) == fields for row in found)


@pytest.mark.parametrize("per_page", [1, 7, 25, 1000])
@pytest.mark.parametrize(("word", "verdict"), FILTERS.items())
async def test_a_filter_shows_its_verdict_only(
    tested: tuple[Client, str], per_page: int, word: str, verdict: str
) -> None:
    found = await rows(tested, per_page=per_page, status=word)
    assert [number(row) for row in found] == list(range(VERDICTS.index(verdict), COUNT, 3))
    assert {row["status"] for row in found} == {verdict}


async def test_the_filters_part_the_users(tested: tuple[Client, str]) -> None:
    parts = [await rows(tested, status=word, per_page=1000) for word in ("success", "fail", "error")]
    assert sorted(number(row) for part in parts for row in part) == list(range(COUNT))


@pytest.mark.parametrize(
    "query", [{}, {"page": 3}, {"per_page": 7, "page": 9}, {"status": "fail", "per_page": 3}]
)
async def test_result_info_adds_up(tested: tuple[Client, str], query: dict[str, object]) -> None:
    answer = await page(tested, **query)
    info = answer.body["result_info"]
    total = 20 if "status" in query else COUNT
    assert (info["page"], info["per_page"]) == (query.get("page", 1), query.get("per_page", 25))
    assert (info["count"], info["total_count"]) == (len(answer.result), total)
    assert info["total_pages"] == -(-total // info["per_page"])


@pytest.mark.parametrize("far", [4, 5, 1000, 10**6, 2**31, 10**12])
@pytest.mark.parametrize("status", ["success", "fail", "error"])
async def test_past_the_end_is_an_empty_page(tested: tuple[Client, str], far: int, status: str) -> None:
    answer = await page(tested, page=far, per_page=1000, status=status)
    assert answer.result == []
    assert answer.body["result_info"]["count"] == 0


@pytest.mark.parametrize("far", [2**63, 10**19, 10**30])
async def test_an_absurd_page_is_refused_or_empty(tested: tuple[Client, str], far: int) -> None:
    client, test_id = tested
    answer = await client.call("GET", f"{{a}}/access/policy-tests/{test_id}/users", params={"page": far})
    assert answer.status == 400 or (answer.status == 200 and answer.result == [])


async def test_a_test_of_nobody_has_one_empty_page(client: Client) -> None:
    status = await client.tested(THREE_VERDICTS)
    assert (status["status"], status["total_users"], status["percent_users_processed"]) == (
        "complete",
        0,
        100,
    )
    assert [status[f"percent_{each}"] for each in ("approved", "blocked", "errored")] == [0, 0, 0]
    answer = await page((client, status["id"]))
    assert (answer.result, answer.body["result_info"]["total_pages"]) == ([], 0)


class Meanwhile:
    """A connection; before it reads verdicts, something happens on another one."""

    def __init__(self, connection: Connection, happening: Callable[[], Awaitable[object]]) -> None:
        self.connection, self.happening = connection, happening

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        if query == policy_tests.SQL["bitmaps"]:
            await self.happening()
        return await self.connection.fetch(query, *arguments)


async def test_a_page_of_a_test_that_is_removed_meanwhile_is_whole(service: Service, client: Client) -> None:
    await client.imported(people(COUNT))
    test_id = (await client.tested(THREE_VERDICTS))["id"]
    connection = await service.connect()
    removed = partial(client.call, "DELETE", f"{{a}}/access/policy-tests/{test_id}")
    where = (account_id(client), UUID(test_id), None, (0, COUNT))
    async with one_moment(connection):
        found = await pages.find(Meanwhile(connection, removed), *where)
    assert found is not None
    assert [line.name for line in found.lines] == [f"User {number}" for number in range(COUNT)]
    assert await pages.find(connection, *where) is None
    await connection.close()
