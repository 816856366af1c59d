"""Why a test's users have their verdicts: reasons, coverage, explanations, and the users page by reason."""

import json
import re
from typing import Any

import pytest

from tests.gateway.rows import ACME, lines, policy
from tests.stack import Answer, Client, Service

GROUP = {"okta": {"name": "eng", "identity_provider_id": "6f3b0c52-1a5e-4c1f-9d0a-0c7a51f0a001"}}
IDP = {"id": "6f3b0c52-1a5e-4c1f-9d0a-0c7a51f0a001", "type": "okta"}
RUSSIA = {"geo": {"country_code": "RU"}}
LEAVERS = policy({"email": {"email": "gone@acme.example"}}, name="Leavers", decision="deny")
STAFF = policy(ACME, name="Staff", exclude=[RUSSIA], require=[GROUP])
ENG = {"idp": IDP, "groups": [{"name": "eng"}], "geo": {"country": "DE"}}
PEOPLE: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "in@acme.example": ({"identity": ENG}, "approved matched", "/policies/1/include/0"),
    "gone@acme.example": ({"identity": ENG}, "blocked matched", "/policies/0/include/0"),
    "abroad@acme.example": (
        {"identity": {**ENG, "geo": {"country": "RU"}}},
        "blocked excluded",
        "/policies/1/exclude/0",
    ),
    "sales@acme.example": ({"identity": {**ENG, "groups": []}}, "blocked not_met", "/policies/1/require/0"),
    "other@b.example": ({"identity": ENG}, "blocked not_included", "/policies/1/include"),
    "unseen@acme.example": ({}, "error unknown", "/policies/1/require/0"),
    "nowhere@acme.example": (
        {"identity": {"idp": IDP, "groups": [{"name": "eng"}]}},
        "error unknown",
        "/policies/1/exclude/0",
    ),
}
GONE = "gone@acme.example"  # who is alone
TIMES = 4
EVERYBODY = (len(PEOPLE) - 1) * TIMES + 1


@pytest.fixture(scope="module")
async def tested(service: Service) -> tuple[Client, str]:
    """A finished test with users of each kind of reason, in several segments."""
    client = await service.tenant(segment_bits=4)
    users = [
        {
            "email": email.replace("@", f"{number}@") if number and not email.startswith("gone") else email,
            **what,
        }
        for number in range(TIMES)
        for email, (what, _, _) in PEOPLE.items()
        if not (number and email.startswith("gone"))
    ]
    assert (await client.imported(lines(*users)))["users_created"] == EVERYBODY
    return client, (await client.tested(LEAVERS, STAFF))["id"]


async def ask(tested: tuple[Client, str], path: str, **query: object) -> Answer:
    client, test_id = tested
    answer = await client.call("GET", f"{{a}}/access/policy-tests/{test_id}{path}", params=query)
    assert answer.status == 200, answer.body
    return answer


def kind(email: str) -> str:
    return re.sub(r"\d+@", "@", email)


async def test_every_user_has_the_reason_that_decided(tested: tuple[Client, str]) -> None:
    rows = (await ask(tested, "/users", per_page=100)).result
    assert len(rows) == EVERYBODY
    for row in rows:
        _, said, rule = PEOPLE[kind(row["email"])]
        assert (f"{row['status']} {row['reason']}", row["rule"]) == (said, rule)
        assert row["policy"]["name"] == ("Leavers" if "/policies/0" in (rule or "") else "Staff")


async def test_reasons_part_the_users_and_the_largest_comes_first(tested: tuple[Client, str]) -> None:
    rows = (await ask(tested, "/reasons")).result
    counts = [row["count"] for row in rows]
    assert counts == sorted(counts, reverse=True)
    assert {(row["status"], row["reason"], row["rule"]): row["count"] for row in rows} == {
        (*said.split(), rule): 1 if email == GONE else TIMES for email, (_, said, rule) in PEOPLE.items()
    }
    status = (await ask(tested, "")).result
    for verdict, word in (("approved", "approved"), ("blocked", "blocked"), ("errored", "error")):
        assert sum(row["count"] for row in rows if row["status"] == word) == status[f"users_{verdict}"]
    assert all(row["sentence"].endswith(".") for row in rows)


async def test_each_reason_filters_the_users(tested: tuple[Client, str]) -> None:
    for row in (await ask(tested, "/reasons")).result:
        found = await ask(tested, "/users", reason=row["key"], per_page=1)
        assert found.body["result_info"]["total_count"] == row["count"]
        seen = []
        for page in range(1, row["count"] + 1):
            seen += (await ask(tested, "/users", reason=row["key"], per_page=1, page=page)).result
        assert {(each["reason"], each["rule"], each["status"]) for each in seen} == {
            (row["reason"], row["rule"], row["status"])
        }
        assert len({each["id"] for each in seen}) == row["count"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"reason": "unknown"}, 2 * TIMES),
        ({"reason": "matched"}, TIMES + 1),
        ({"reason": "matched", "status": "success"}, TIMES),
        ({"reason": "matched", "status": "blocked"}, 1),
        ({"reason": "no_policy"}, 0),
        ({"reason": "anything"}, 0),
    ],
)
async def test_a_kind_of_reasons_filters_too(
    tested: tuple[Client, str], query: dict[str, str], count: int
) -> None:
    assert (await ask(tested, "/users", **query)).body["result_info"]["total_count"] == count


async def test_coverage_says_of_each_rule_what_it_did(tested: tuple[Client, str]) -> None:
    rows = {row["rule"]: row for row in (await ask(tested, "/coverage")).result}
    assert {row["evaluated"] for row in rows.values()} == {EVERYBODY}
    assert {rule: (row["matched"], row["unknown"], row["decided"]) for rule, row in rows.items()} == {
        "/policies/0/include/0": (1, 0, 1),
        "/policies/1/include/0": (EVERYBODY - TIMES, 0, TIMES),
        "/policies/1/require/0": (EVERYBODY - 2 * TIMES, TIMES, 2 * TIMES),
        "/policies/1/exclude/0": (TIMES, 2 * TIMES, 2 * TIMES),
    }


async def user_id(tested: tuple[Client, str], email: str) -> str:
    rows = (await ask(tested, "/users", per_page=100)).result
    found: str = next(row["id"] for row in rows if row["email"] == email)
    return found


@pytest.mark.parametrize("email", PEOPLE)
async def test_an_explanation_agrees_with_the_users_row(tested: tuple[Client, str], email: str) -> None:
    found = (await ask(tested, f"/users/{await user_id(tested, email)}/explanation")).result
    _, said, rule = PEOPLE[email]
    assert (f"{found['status']} {found['reason']['reason']}", found["reason"]["rule"]) == (said, rule)
    assert found["sentence"] == found["reason"]["sentence"]
    assert [each["policy"]["name"] for each in found["policies"]] == ["Leavers", "Staff"]


async def test_an_explanation_shows_what_was_seen_and_wanted_and_what_is_missing(
    tested: tuple[Client, str],
) -> None:
    found = (await ask(tested, f"/users/{await user_id(tested, 'sales@acme.example')}/explanation")).result
    (required,) = found["policies"][1]["criteria"]["require"]
    assert (required["kind"], required["outcome"], required["wanted"]["name"]) == ("okta", "no", "eng")
    assert required["seen"] == {"identity_provider_id": IDP["id"], "said": []}
    miss = found["nearest_miss"]
    assert (miss["outcome"], miss["would_be"], miss["status"]) == ("no", "yes", "approved")
    assert "`eng`" in miss["words"]


async def test_an_explanation_stays_with_the_snapshot(client: Client) -> None:
    await client.imported(lines({"email": "ann@acme.example", "identity": ENG}))
    test_id = (await client.tested(STAFF))["id"]
    where = client, test_id
    ann = await user_id(where, "ann@acme.example")
    changed = {"email": "ann@acme.example", "identity": {**ENG, "geo": {"country": "RU"}}}
    await client.imported(lines(changed))
    again = (await ask(where, f"/users/{ann}/explanation")).result
    assert (again["status"], again["reason"]["reason"]) == ("approved", "matched")
    assert (await ask(where, "/users")).result[0]["reason"] == "matched"
    await client.imported(lines({"email": "ann@acme.example", "deleted": True}))
    assert (await ask(where, f"/users/{ann}/explanation")).result["status"] == "approved"


async def test_a_group_is_opened_in_an_explanation(client: Client) -> None:
    await client.imported(lines({"email": "ann@acme.example"}, {"email": "bob@b.example"}))
    made = await client.call("POST", "{a}/access/groups", json={"name": "Ours", "include": [ACME]})
    group = {"group": {"id": made.result["id"]}}
    where = client, (await client.tested(policy(group)))["id"]
    found = (await ask(where, f"/users/{await user_id(where, 'bob@b.example')}/explanation")).result
    (shown,) = found["policies"][0]["criteria"]["include"]
    assert (shown["kind"], shown["outcome"]) == ("group", "no")
    assert [each["kind"] for each in shown["opened"]["include"]] == ["email_domain"]
    assert found["nearest_miss"]["words"] == "addresses of `acme.example`"


async def test_a_test_of_an_entitlement_has_no_reasons(client: Client) -> None:
    await client.imported(lines({"email": "ann@acme.example"}))
    entitlement = {"target": "node://x/y/z", "permission": "READ"}
    started = await client.call("POST", "{a}/access/policy-tests", json={"entitlement": entitlement})
    where = client, (await client.ended(started.result["id"]))["id"]
    assert (await ask(where, "/users")).result[0]["reason"] is None
    for path in ("/reasons", "/coverage"):
        answer = await client.call("GET", f"{{a}}/access/policy-tests/{where[1]}{path}")
        assert (answer.status, answer.body["errors"][0]["code"]) == (400, 12130)


async def test_nobody_is_explained_who_is_not_there(tested: tuple[Client, str]) -> None:
    client, test_id = tested
    for path in (
        f"{test_id}/users/00000000-0000-4000-8000-000000000000",
        "00000000-0000-4000-8000-000000000000/users/x",
    ):
        answer = await client.call("GET", f"{{a}}/access/policy-tests/{path}/explanation")
        assert answer.status == 404, json.dumps(answer.body)
