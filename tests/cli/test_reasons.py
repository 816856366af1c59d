"""Why, on the command line: reasons, one user's explanation, two tests beside each other."""

import json

import pytest

from tests.cli.staff import STRICT, tested
from tests.gateway.rows import lines
from tests.stack import Client


@pytest.fixture
async def ids(client: Client) -> tuple[str, str]:
    """Two tests: of the domain alone, and with mfa required."""
    return await tested(client), (await client.tested(STRICT))["id"]


async def test_reasons_are_listed_and_filter_the_users(gatehouse, ids: tuple[str, str]):
    ended = await gatehouse("reasons", ids[1])
    assert (ended.code, ended.err) == (0, "")
    rows = [line.split() for line in ended.out.splitlines()[1:]]
    assert sorted((row[0], row[1], row[-1]) for row in rows) == [
        ("1", "approved", "matched:/policies/0/include/0"),
        ("1", "blocked", "not_included:/policies/0/include"),
        ("1", "blocked", "not_met:/policies/0/require/0"),
        ("1", "error", "unknown:/policies/0/require/0"),
    ]
    assert "Let in by policy 1, `Staff`: addresses of `acme.example`." in ended.out
    for row in rows:
        found = await gatehouse("users", ids[1], "--reason", row[-1], "--json")
        assert [each["status"] for each in json.loads(found.out)["result"]] == [row[1]]
    answer = json.loads((await gatehouse("reasons", ids[1], "--json")).out)
    assert {each["key"] for each in answer["result"]} == {row[-1] for row in rows}


async def test_a_user_is_explained_by_address_or_id(gatehouse, client: Client, ids: tuple[str, str]):
    ended = await gatehouse("explain", ids[1], "weak@acme.example")
    assert (ended.code, ended.err) == (0, "")
    assert "which requires logins by `mfa`." in ended.out
    assert 'yes: include addresses of `acme.example`, seen: "acme.example"' in ended.out
    assert 'no: require logins by `mfa`, seen: ["pwd"]' in ended.out
    assert "nearest miss: approved if `yes` were said of logins by `mfa`" in ended.out
    rows = await client.users(ids[1])
    (uid,) = [row["id"] for row in rows if row["email"] == "weak@acme.example"]
    assert (await gatehouse("explain", ids[1], uid)).out == ended.out
    assert (
        json.loads((await gatehouse("explain", ids[1], uid, "--json")).out)["result"]["status"] == "blocked"
    )


async def test_nobody_of_an_address_is_said(gatehouse, ids: tuple[str, str]):
    ended = await gatehouse("explain", ids[0], "nobody@acme.example")
    assert ended.code == 2
    assert "`nobody@acme.example`" in ended.err


async def test_two_tests_beside_each_other(gatehouse, ids: tuple[str, str]):
    ended = await gatehouse("compare", *ids)
    assert (ended.code, ended.err) == (0, "")
    counts = dict(line.split()[:2] for line in ended.out.splitlines()[1:8])
    assert counts == {"gained": "0", "lost": "1", "undecided": "1", "decided": "0", "unchanged": "2"} | {
        "joined": "0",
        "left": "0",
    }
    assert "which requires logins by `mfa`." in ended.out
    answer = json.loads((await gatehouse("compare", *ids, "--json")).out)
    assert (answer["result"]["lost"], answer["result"]["causes"]) == (1, None)


async def test_a_directory_that_changed_has_columns_of_its_own(
    gatehouse, client: Client, ids: tuple[str, str]
):
    await client.imported(lines({"email": "new@acme.example", "identity": {"amr": ["mfa"]}}))
    later = (await client.tested(STRICT))["id"]
    ended = await gatehouse("compare", ids[1], later)
    assert "by the directory" in ended.out
    assert [line.split() for line in ended.out.splitlines() if line.startswith("joined")] == [
        ["joined", "1", "1", "0"]
    ]
