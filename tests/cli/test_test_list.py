"""The tests of an account, listed and ended at a live gateway."""

import json
from uuid import UUID

import pytest

from tests.stack import Client, Service, account_id

ALL = {"name": "All", "decision": "allow", "include": [{"everyone": {}}]}
ABSENT = "00000000-0000-4000-8000-000000000000"
HELD = """
    UPDATE policy_test SET state = 'processing', lease_until = now() + interval '1 hour', finished_at = NULL
    WHERE account_id = $1 AND test_id = $2
"""


@pytest.fixture
async def ids(client: Client) -> list[str]:
    """Three tests that ended, the newest first."""
    await client.imported(b'{"email": "a@a.example"}\n{"email": "b@a.example"}\n')
    return [(await client.tested({**ALL, "name": f"{number}"}))["id"] for number in range(3)][::-1]


@pytest.fixture
async def held(service: Service, client: Client, ids: list[str]) -> str:
    """The newest of them as if it ran for an hour."""
    connection = await service.connect()
    await connection.execute(HELD, account_id(client), UUID(ids[0]))
    await connection.close()
    return ids[0]


async def test_an_account_without_tests_says_so(gatehouse):
    assert await gatehouse("tests") == (0, "no tests\n", "")
    assert await gatehouse("tests", "--json") == (0, "", "")


async def test_the_newest_test_comes_first(gatehouse, client: Client, ids: list[str]):
    ended = await gatehouse("tests")
    rows = [line.split() for line in ended.out.splitlines()]
    assert [row[0] for row in rows] == ["id", *ids]
    assert rows[1][1:8] == ["complete", "2", "100", "%", "2", "0", "0"]
    ended = await gatehouse("tests", "--json", "--limit", "2")
    assert [json.loads(line) for line in ended.out.splitlines()] == [
        await client.status(test_id) for test_id in ids[:2]
    ]
    assert (await gatehouse("tests", "-q", "--limit", "5000")).out.split() == ids


async def test_tests_are_chosen_by_their_state(gatehouse, held: str, ids: list[str]):
    assert (await gatehouse("tests", "-q", "--state", "processing")).out.split() == [held]
    assert (await gatehouse("tests", "-q", "--state", "complete")).out.split() == ids[1:]


async def test_a_running_test_is_cancelled_and_one_that_ended_removed_if_asked(
    gatehouse, client: Client, held: str
):
    ended = await gatehouse("cancel", held)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"test {held} cancelled; ")
    assert (await client.status(held))["state"] == "cancelled"
    ended = await gatehouse("cancel", held.upper(), "--remove", "--json")
    told = {"action": "removed", "id": held.upper(), "state": "cancelled"}
    assert (ended.code, json.loads(ended.out)) == (0, told)
    assert held not in (await gatehouse("tests", "-q")).out
    ended = await gatehouse("cancel", held)
    assert ended.code == 2
    assert f"test {held} is not there" in ended.err


async def test_a_removed_test_says_how_it_had_ended(gatehouse, ids: list[str]):
    ended = await gatehouse("cancel", ids[1], "--remove")
    assert ended.out == f"test {ids[1]} removed with its results; its state was complete\n"
    assert await gatehouse("cancel", ids[2], "-q", "--remove") == (0, "", "")
    assert (await gatehouse("tests", "-q")).out.split() == ids[:1]


async def test_a_test_that_has_ended_keeps_its_results(gatehouse, ids: list[str]):
    ended = await gatehouse("cancel", ids[0])
    told = f"test {ids[0]} has ended already: complete; its results are kept (--remove removes them)\n"
    assert ended == (0, told, "")
    ended = await gatehouse("cancel", ids[0], "--json")
    assert json.loads(ended.out) == {"action": "ended", "id": ids[0], "state": "complete"}
    assert (await gatehouse("tests", "-q")).out.split() == ids


async def test_a_running_test_is_cancelled_and_removed_at_once(gatehouse, held: str, ids: list[str]):
    ended = await gatehouse("cancel", held, "--remove")
    assert ended == (0, f"test {held} removed with its results; its state was cancelled\n", "")
    assert (await gatehouse("tests", "-q")).out.split() == ids[1:]


@pytest.mark.parametrize("text", [ABSENT, "..", "a/b", "", "x" * 65])
async def test_an_unknown_test_is_told(gatehouse, text: str):
    ended = await gatehouse("cancel", text)
    assert (ended.code, ended.out) == (2, "")
    assert f"`{text}` is no id of a test" in ended.err or f"test {text} is not there" in ended.err
