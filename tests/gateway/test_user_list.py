"""The list of users: every page, every filter, whatever the text."""

from typing import Any

import pytest

from tests.gateway.naughty import TEXTS
from tests.gateway.rows import lines, policy
from tests.gateway.users import USERS, created, emails
from tests.stack import Client, Service


@pytest.fixture(scope="module")
async def directory(service: Service) -> Client:
    """61 users in several segments, some gone, some logged and not yet folded."""
    client = await service.tenant(segment_bits=4)
    rows = [{"email": f"u{number}@acme.example", "name": f"User {number}"} for number in range(50)]
    await client.imported(lines(*rows))
    await client.tested(policy())
    await client.imported(
        lines(*({"email": f"u{number}@acme.example", "deleted": True} for number in range(20, 23)))
    )
    for number in range(50, 61):
        await created(client, f"u{number}@acme.example", f"User {number}")
    return client


LEFT = [number for number in range(61) if not 20 <= number < 23]


@pytest.mark.parametrize("per_page", [1, 7, 16, 58, 1000])
async def test_all_pages_together_are_all_users_in_order(directory: Client, per_page: int) -> None:
    found: list[str] = []
    for page in range(1, 100):
        rows = await emails(directory, page=page, per_page=per_page)
        if not rows:
            break
        found += rows
    assert found == [f"u{number}@acme.example" for number in LEFT]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, (1, 1000, 58, 58, 1)),
        ({"per_page": 10, "page": 6}, (6, 10, 8, 58, 6)),
        ({"per_page": 10, "page": 7}, (7, 10, 0, 58, 6)),
        ({"page": 10**12, "per_page": 1}, (10**12, 1, 0, 58, 58)),
        ({"search": "USER 5", "per_page": 4, "page": 3}, (3, 4, 3, 11, 3)),
        ({"search": "USER 5", "page": 2}, (2, 1000, 0, 11, 1)),
        ({"name": "User 7"}, (1, 1000, 1, 1, 1)),
    ],
)
async def test_result_info_adds_up(
    directory: Client, query: dict[str, Any], expected: tuple[int, ...]
) -> None:
    answer = await directory.call("GET", USERS, params=query)
    assert tuple(answer.body["result_info"].values()) == expected
    assert len(answer.result) == expected[2]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"email": "U5@ACME.example"}, [5]),
        ({"email": "u20@acme.example"}, []),
        ({"email": "u5@acme.example", "search": "user 6"}, []),
        ({"name": "User 60"}, [60]),
        ({"name": "user 60"}, []),
        ({"name": "User"}, []),
        ({"name": "null"}, []),
        ({"search": "user 6"}, [6, 60]),
        ({"search": "u4@"}, [4]),
        ({"search": "u4_@"}, []),
        ({"search": "%"}, []),
        ({"search": ""}, LEFT),
        ({"search": "User 5", "name": "User 50"}, [50]),
        ({"order": "whatever", "search": "r 60"}, [60]),
    ],
)
async def test_users_are_found(directory: Client, query: dict[str, Any], expected: list[int]) -> None:
    assert await emails(directory, **query) == [f"u{number}@acme.example" for number in expected]


@pytest.mark.parametrize("text", TEXTS)
async def test_any_text_can_be_looked_for(client: Client, text: str) -> None:
    wanted = 400 if "\0" in text else 200
    for name in ("search", "name"):
        assert (await client.call("GET", USERS, params={name: text})).status == wanted
    assert (await client.call("GET", USERS, params={"email": text})).status == 400


@pytest.mark.parametrize("name", [text for text in TEXTS if "\0" not in text])
async def test_any_text_can_be_a_name(client: Client, name: str) -> None:
    user = await created(client, "ann@acme.example", name)
    assert user["name"] == name
    for query in ({"name": name}, {"search": name}):
        assert (await client.call("GET", USERS, params=query)).result == [user]


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ({"page": 0}, 1),
        ({"per_page": 1001}, 1),
        ({"page": "x", "per_page": "y"}, 2),
        ({"search": "x" * 1025}, 1),
        ({"email": "no address"}, 1),
        ({"name": "\0", "search": "\0", "email": "\0"}, 4),
    ],
)
async def test_each_fault_of_a_query_is_named(client: Client, query: dict[str, Any], faults: int) -> None:
    answer = await client.call("GET", USERS, params=query)
    assert answer.status == 400
    assert [error["code"] for error in answer.body["errors"]] == [12130] * faults
