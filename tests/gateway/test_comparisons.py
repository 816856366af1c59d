"""A test beside a base: counts, reasons and users per change, and what comes from where."""

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from tests.gateway.rows import ACME, lines, policy
from tests.stack import Answer, Client, Service

MFA = {"auth_method": {"auth_method": "mfa"}}
BEFORE, AFTER = policy(ACME, name="Acme"), policy(MFA, name="MFA")
USERS = {
    "kept@acme.example": {"identity": {"amr": ["mfa"]}},
    "lost@acme.example": {"identity": {"amr": ["pwd"]}},
    "gained@b.example": {"identity": {"amr": ["mfa"]}},
    "undecided@acme.example": {},
    "unclear@b.example": {},
    "out@b.example": {"identity": {"amr": ["pwd"]}},
}
CHANGES = {"gained": 1, "lost": 1, "undecided": 2, "decided": 0, "unchanged": 2, "joined": 0, "left": 0}
MIRRORED = {"gained": "lost", "lost": "gained", "undecided": "decided", "decided": "undecided"}


class Both:
    """Two complete tests of a client."""

    def __init__(self, client: Client, base: str, test: str) -> None:
        self.client, self.base, self.test = client, base, test

    async def ask(self, path: str = "", **query: object) -> Answer:
        where = f"{{a}}/access/policy-tests/{self.test}/comparison{path}"
        return await self.client.call("GET", where, params={"base": self.base, **query})

    async def changes(self) -> dict[str, int]:
        answer = await self.ask()
        assert answer.status == 200, answer.body
        return {change: answer.result[change] for change in CHANGES}

    async def users(self, change: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for page in range(1, 100):
            found = await self.ask("/users", change=change, per_page=2, page=page)
            assert found.status == 200, found.body
            if not found.result:
                assert found.body["result_info"]["total_count"] == len(rows)
                return rows
            rows += found.result
        raise AssertionError("the pages do not end")


@pytest.fixture(scope="module")
async def both(service: Service) -> Both:
    client = await service.tenant(segment_bits=4)
    users = [{"email": f"u{number}.{email}", **what} for number in range(7) for email, what in USERS.items()]
    await client.imported(lines(*users))
    return Both(client, (await client.tested(BEFORE))["id"], (await client.tested(AFTER))["id"])


async def test_changes_are_counted(both: Both) -> None:
    assert await both.changes() == {change: 7 * count for change, count in CHANGES.items()}
    found = (await both.ask()).result
    assert sum(row["count"] for row in found["transitions"]) == 7 * len(USERS)
    assert found["causes"] is None
    assert (found["base"], found["test"]) == (both.base, both.test)


async def test_a_comparison_agrees_with_a_diff_of_both_lists(both: Both) -> None:
    before = {row["id"]: row["status"] for row in await both.client.users(both.base)}
    after = {row["id"]: row["status"] for row in await both.client.users(both.test)}
    expected = Counter((before[user], after[user]) for user in before)
    found = (await both.ask()).result["transitions"]
    assert {(row["from"], row["to"]): row["count"] for row in found} == dict(expected)


async def test_the_users_of_each_change_can_be_paged(both: Both) -> None:
    for change, count in CHANGES.items():
        rows = await both.users(change)
        assert len(rows) == 7 * count
        named = {row["email"].partition(".")[2].partition("@")[0] for row in rows}
        assert change in ("unchanged", "undecided", "decided", "joined", "left") or named == {change}
        assert all((row["from"] == row["to"]) == (change == "unchanged") for row in rows)


async def test_the_other_way_round_it_is_the_mirror(both: Both) -> None:
    there, back = await both.changes(), await Both(both.client, both.test, both.base).changes()
    assert {MIRRORED.get(change, change): count for change, count in there.items()} == back


async def test_with_itself_nothing_changes(both: Both) -> None:
    found = (await Both(both.client, both.test, both.test).ask()).result
    assert found["unchanged"] == 7 * len(USERS)
    assert (found["reasons"], found["causes"]) == ([], None)
    assert all(row["from"] == row["to"] for row in found["transitions"])


async def test_reasons_that_became_others_are_counted(both: Both) -> None:
    rows = (await both.ask()).result["reasons"]
    kinds = Counter()
    for row in rows:
        kinds[row["from"]["reason"], row["to"]["reason"]] += row["count"]
    # Of those whose reason is of the same kind at the same place the sentence is another one all the same.
    assert kinds == {
        ("matched", "not_included"): 7,
        ("not_included", "matched"): 7,
        ("matched", "unknown"): 7,
        ("not_included", "unknown"): 7,
    }


async def test_causes_tell_the_directory_from_the_policies(client: Client) -> None:
    people = [{"email": email, **what} for email, what in USERS.items()]
    await client.imported(lines(*people))
    base = (await client.tested(BEFORE))["id"]
    changed = [
        {"email": "lost@acme.example", "deleted": True},
        {"email": "new@acme.example", "identity": {"amr": ["mfa"]}},
        {"email": "out@b.example", "identity": {"amr": ["mfa"]}},
    ]
    await client.imported(lines(*changed))
    found = Both(client, base, (await client.tested(AFTER))["id"])
    result = (await found.ask()).result
    shown = {change: result[change] for change in CHANGES}
    assert shown == {**CHANGES, "gained": 2, "lost": 0, "unchanged": 1, "joined": 1, "left": 1}
    directory, policies = result["causes"]["directory"], result["causes"]["policies"]
    assert {change: directory[change] for change in CHANGES if directory[change]} == {
        "unchanged": 5,
        "joined": 1,
        "left": 1,
    }
    assert {change: policies[change] for change in CHANGES if policies[change]} == {
        "gained": 2,
        "undecided": 2,
        "unchanged": 2,
    }
    assert [row["email"] for row in await found.users("left")] == ["lost@acme.example"]
    assert [row["email"] for row in await found.users("joined")] == ["new@acme.example"]


async def test_the_named_are_found_in_either_directory(client: Client) -> None:
    """A base that names an address says of the later directory whom it names there."""
    await client.imported(lines({"email": "ann@a.example"}))
    named = policy({"email": {"email": "bob@a.example"}})
    base = (await client.tested(named))["id"]
    await client.imported(lines({"email": "bob@a.example"}))
    result = (await Both(client, base, (await client.tested(named))["id"]).ask()).result
    (joined,) = [row for row in result["causes"]["directory"]["transitions"] if row["from"] == "absent"]
    assert joined == {"from": "absent", "to": "approved", "count": 1}
    assert result["causes"]["policies"]["unchanged"] == 2


async def test_what_is_not_there_cannot_be_compared(both: Both, client: Client) -> None:
    foreign = (await client.tested(BEFORE))["id"]
    absent = await Both(both.client, str(uuid4()), both.test).ask()
    assert absent.status == 404
    for base in (foreign, str(uuid4())):
        for path in ("", "/users"):
            answer = await Both(both.client, base, both.test).ask(path, change="lost")
            assert (answer.status, answer.body["errors"]) == (404, absent.body["errors"])


@pytest.mark.parametrize("query", [{}, {"base": "x"}, {"base": ""}])
async def test_a_base_is_an_id(both: Both, query: dict[str, str]) -> None:
    where = f"{{a}}/access/policy-tests/{both.test}/comparison"
    answer = await both.client.call("GET", where, params=query)
    assert answer.status == 400
    assert "base" in answer.body["errors"][0]["message"] + str(answer.body["errors"][0].get("source"))
