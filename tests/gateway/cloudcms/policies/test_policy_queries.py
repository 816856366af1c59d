"""Queries for access policies: what is found, in which order, which part of it, and what is refused."""

import asyncio
import json
import random
from typing import Any

import pytest

from tests.gateway.cloudcms.holdings import (
    ABSENT,
    PATH,
    deep,
    document,
    grant,
    made,
    pointers,
    queried,
    refusal,
    rows,
    titles,
)
from tests.stack import Client

QUERY = f"{PATH}/query"
POLICIES = [
    {"title": "Policy #1", "order": 1, "tags": ["red"], "statements": [grant()]},
    {"title": "Policy #2", "order": 2, "tags": ["red", "blue"], "x": {"y": True}},
    {"title": "Policy #3", "order": 3, "scope": "project", "statements": [grant(roles=("owner",))]},
]
FOUND = [
    ({}, "123"),
    ({"title": "Policy #3"}, "3"),
    ({"title": {"$in": ["Policy #1", "Policy #3", "x"]}}, "13"),
    ({"title": {"$regex": "^policy #[12]", "$options": "i"}}, "12"),
    ({"title": {"$ne": "Policy #1"}, "order": {"$lt": 3}}, "2"),
    ({"tags": "red"}, "12"),
    ({"tags": {"$size": 2}}, "2"),
    ({"x.y": True}, "2"),
    ({"scope": {"$exists": False}}, "12"),
    ({"statements.roles": "owner"}, "3"),
    ({"statements.action": {"$exists": True}}, "13"),
    ({"$or": [{"order": 1}, {"scope": "project"}]}, "13"),
    ({"$nor": [{"order": 1}, {"scope": "project"}]}, "2"),
    ({"_system.created_by": "test"}, "123"),
    ({"_system.modified_on.ms": {"$gt": 10**12}}, "123"),
    ({"_system.modified_on.ms": {"$gt": 10**15}}, ""),
    ({"_doc": ABSENT}, ""),
    ({"_doc": 1}, ""),
    ({"_doc": {"$in": [ABSENT]}}, ""),
    ({"_doc": "project-user"}, ""),
]


@pytest.fixture
async def stocked(client: Client) -> Client:
    for each in POLICIES:
        await made(client, **each)
    return client


async def test_policies_are_found_by_what_they_hold(stocked: Client) -> None:
    for query, numbers in FOUND:
        assert await queried(stocked, query) == [f"Policy #{each}" for each in numbers], query


async def test_a_policy_is_found_by_its_id(stocked: Client) -> None:
    policy_id = await made(stocked, title="x")
    assert await queried(stocked, {"_doc": policy_id}) == ["x"]
    assert await queried(stocked, {"_doc": {"$eq": policy_id}, "title": "y"}) == []
    assert await queried(stocked, {"$and": [{"_doc": policy_id}, {"title": "x"}]}) == ["x"]
    assert await queried(stocked, {"_doc": policy_id}, skip=1) == []


async def test_what_is_found_is_whole(stocked: Client) -> None:
    (row,) = rows(await stocked.call("POST", QUERY, json={"order": 2}))
    assert row.pop("_system")["created_by"] == "test"
    assert row == await document(stocked, row["_doc"])


async def test_what_is_found_is_sorted_and_paged(stocked: Client) -> None:
    for way in ({"sort": '{"title":-1}'}, {"sort[title]": "-1"}):
        assert await queried(stocked, {}, **way) == ["Policy #3", "Policy #2", "Policy #1"]
        assert await queried(stocked, {"order": {"$gt": 1}}, **way, skip=1, limit=1) == ["Policy #2"]
    answer = await stocked.call("POST", f"{QUERY}?skip=1&limit=1", json={"tags": "red"})
    assert titles(answer) == ["Policy #2"]
    assert (answer.body["total_rows"], answer.body["offset"]) == (2, 1)


REFUSED = [
    ({"$where": "this.x"}, ["/$where"]),
    ({"title": {"$regex": "("}}, ["/title/$regex"]),
    ({"title": {"$regex": "(?<=a)b"}}, ["/title/$regex"]),
    ({"title": {"$near": 1}, "$or": []}, ["/title/$near", "/$or"]),
    ({f"x{number}": 1 for number in range(201)}, ["/x200"]),
    ([], [""]),
    ("x", [""]),
]


@pytest.mark.parametrize(("query", "where"), REFUSED, ids=[str(each)[:40] for each, _ in REFUSED])
async def test_a_query_that_nobody_understands_is_refused(
    client: Client, query: object, where: list[str]
) -> None:
    assert pointers(await client.call("POST", QUERY, json=query)) == where


BODIES = [
    b"{",
    b'{"title":1e400}',
    b'{"title":"\\ud800"}',
    b'{"title":"\\u0000"}',
    b'{"a":1,"a":2}',
    b"\xff",
    b"title=x",
    deep(40).encode(),
    b'{"title":' + b"9" * 5000 + b"}",
]


@pytest.mark.parametrize("body", BODIES, ids=[repr(each[:30]) for each in BODIES])
async def test_what_is_no_json_that_can_be_taken_is_refused(client: Client, body: bytes) -> None:
    refusal(await client.call("POST", QUERY, data=body), 400)


async def test_what_is_strange_but_json_is_taken(client: Client) -> None:
    assert await queried(client, {"title": 10**400}) == []
    assert await queried(client, json.loads(deep(30))) == []
    await made(client, title="big", x=10**400)
    assert await queried(client, {"x": 10**400}) == ["big"]
    assert await queried(client, {"x": {"$gt": 1.5}}, sort='{"x":1}') == ["big"]


@pytest.mark.parametrize("found", [{}, {"_doc": True}])
async def test_others_are_answered_while_a_query_takes_long(client: Client, found: dict[str, Any]) -> None:
    text = "".join(random.Random(1).choices("ab", k=200_000))
    policy_id = await made(client, text=text)
    query = {"text": {"$regex": "([ab]{0,240}c|[ab]{0,239}d)+z"}, **dict.fromkeys(found, policy_id)}
    slow = asyncio.ensure_future(client.call("POST", QUERY, json=query))
    await asyncio.sleep(0.1)
    for _ in range(5):
        assert (await client.call("GET", f"{PATH}/system/project-user")).status == 200
    assert not slow.done()
    assert (await slow).status in (200, 400)


async def test_patterns_that_cost_much_elsewhere_take_no_time(client: Client) -> None:
    await made(client, title="a" * 50_000)
    query = {"$or": [{"title": {"$regex": f"(a+)+{tail}$"}} for tail in "bcdefghij"]}
    assert await queried(client, query) == []
