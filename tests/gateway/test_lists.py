"""Lists over HTTP: what PUT took comes back, in its order; what is in use stays."""

import asyncio
from typing import Any

import pytest

from tests.gateway.list_calls import ABSENT, LISTS, SHAPE, created, items, log, numbered, on
from tests.gateway.rows import policy
from tests.stack import Client, Service

VARYING = {"X-Request-ID", "Date"}


def content(shown: Any) -> list[tuple[str, str | None]]:
    return [(item["value"], item["description"]) for item in shown["items"]]


async def test_a_list_is_created_and_comes_back(client: Client) -> None:
    given = [{"value": "Ann@A.example", "description": "Ann"}, {"value": "bob@a.example"}]
    made = await created(client, items=given, description="us")
    assert made.keys() == SHAPE | {"items"}
    assert (made["name"], made["type"], made["description"], made["count"]) == ("l", "EMAIL", "us", 2)
    assert content(made) == [("Ann@A.example", "Ann"), ("bob@a.example", None)]
    assert made["items"][0].keys() == {"value", "description", "created_at"}
    assert (await on(client, "GET", made)).result == made


async def test_a_list_needs_no_items_and_no_description(client: Client) -> None:
    made = (await client.call("POST", LISTS, json={"name": "l", "type": "IP"})).result
    assert (made["description"], made["count"], made["items"]) == (None, 0, [])


@pytest.mark.parametrize(
    "kind", ["SERIAL", "URL", "DOMAIN", "HOSTNAME", "CATEGORY", "LOCATION", "DEVICE", "AAGUID"]
)
async def test_what_no_rule_reads_is_kept_as_it_is(client: Client, kind: str) -> None:
    values = ["A", "a", " a", "nobody", "10.0.0.1/8", "\U0001f600"]
    assert [value for value, _ in content(await created(client, *values, type=kind))] == values


async def test_networks_come_back_as_they_were_sent(client: Client) -> None:
    values = ["10.0.0.1", "10.0.0.0/8", "2001:DB8::/32", "::ffff:192.0.2.1"]
    made = await created(client, *values, "10.0.0.1/32", "192.0.2.1", type="IP")
    assert [value for value, _ in content(made)] == values


async def test_put_replaces_and_what_it_took_comes_back(client: Client) -> None:
    made = await created(client, "a@a.example", "b@a.example", description="us")
    given = {"name": "m", "items": [{"value": "c@a.example"}, {"value": "B@a.example", "description": "Bob"}]}
    put = (await on(client, "PUT", made, json=given)).result
    assert (put["name"], put["description"], put["count"]) == ("m", None, 2)
    assert content(put) == [("c@a.example", None), ("B@a.example", "Bob")]
    assert put["items"][1]["created_at"] == made["items"][1]["created_at"]
    assert (put["created_at"], put["updated_at"] > made["updated_at"]) == (made["created_at"], True)
    assert (await on(client, "GET", made)).result == put


@pytest.mark.parametrize("absent", [{}, {"items": None}])
async def test_put_without_items_leaves_them(client: Client, absent: Any) -> None:
    made = await created(client, "a@a.example")
    put = (await on(client, "PUT", made, json={"name": "m", **absent})).result
    assert (put["name"], content(put)) == ("m", content(made))
    assert (await on(client, "PUT", made, json={"name": "m", "items": []})).result["count"] == 0


async def test_what_get_answered_can_be_put(client: Client) -> None:
    made = await created(client, "a@a.example", "b@a.example", description="us")
    assert (await on(client, "PUT", made, json=made)).result == made


async def test_the_same_put_twice_changes_nothing(client: Client) -> None:
    made = await created(client, "a@a.example")
    given = {"name": "m", "description": "us", "items": items("b@a.example", "a@a.example")}
    first = (await on(client, "PUT", made, json=given)).result
    await on(client, "PATCH", made, json={"remove": ["b@a.example"]})
    again = (await on(client, "PUT", made, json=given)).result
    assert (await on(client, "PUT", made, json=given)).result == again
    assert (content(again), again["updated_at"] > first["updated_at"]) == (content(first), True)
    assert [action for action, _ in await log(client)] == ["create", *["update"] * 3]


async def test_the_order_of_items_counts(client: Client) -> None:
    made = await created(client, "a@a.example", "b@a.example")
    turned = {"name": "l", "items": items("b@a.example", "a@a.example")}
    assert content((await on(client, "PUT", made, json=turned)).result) == content(made)[::-1]


async def test_patch_removes_and_then_appends(client: Client) -> None:
    made = await created(client, "a@a.example", "b@a.example", "c@a.example")
    append = [{"value": "A@a.example", "description": "back"}, *items("d@a.example", "C@a.example")]
    edited = (await on(client, "PATCH", made, json={"append": append, "remove": ["A@A.example"]})).result
    values = [("b@a.example", None), ("c@a.example", None), ("A@a.example", "back"), ("d@a.example", None)]
    assert (content(edited), edited["count"]) == (values, 4)
    assert (await on(client, "GET", made)).result == edited


@pytest.mark.parametrize(
    "patch",
    [
        *({}, {"append": [], "remove": []}, {"append": None}, {"name": "l"}, {"description": None}),
        *({"append": items("A@A.example")}, {"remove": ["nobody@a.example"]}),
    ],
)
async def test_a_patch_of_what_is_so_already_changes_nothing(client: Client, patch: Any) -> None:
    made = await created(client, "a@a.example")
    assert (await on(client, "PATCH", made, json=patch)).result == made
    assert len(await log(client)) == 1


async def test_a_patch_may_rename(client: Client) -> None:
    made = await created(client, "a@a.example", description="us")
    named = (await on(client, "PATCH", made, json={"name": "m"})).result
    assert (named["name"], named["description"], content(named)) == ("m", "us", content(made))
    assert (await on(client, "PATCH", made, json={"description": None})).result["description"] is None


async def test_a_deleted_list_is_gone(client: Client) -> None:
    made = await created(client, "a@a.example")
    assert (await on(client, "DELETE", made)).result == {"id": made["id"]}
    for method, rest, given in [("GET", "", None), ("GET", "/items", None), ("DELETE", "", None)]:
        assert (await on(client, method, made, rest, json=given)).status == 404
    assert (await client.call("GET", LISTS)).result == []


def using(list_id: str) -> dict[str, Any]:
    return {"name": "user", "include": [{"email_list": {"id": list_id}}]}


async def test_a_list_in_use_is_not_deleted(client: Client) -> None:
    made = await created(client, "a@a.example")
    group = (await client.call("POST", "{a}/access/groups", json=using(made["id"]))).result
    kept = (await client.call("POST", "{a}/access/policies", json=policy() | using(made["id"]))).result
    refused = await on(client, "DELETE", made)
    assert (refused.status, refused.body["errors"][0]["code"]) == (409, 12132)
    assert refused.headers["x-should-retry"] == "false"
    assert all(each in refused.faults[0][1] for each in ("group `user`", group["id"], "policy", kept["id"]))
    assert (await on(client, "GET", made)).result == made
    await client.call("DELETE", f"{{a}}/access/policies/{kept['id']}")
    await client.call("DELETE", f"{{a}}/access/groups/{group['id']}")
    assert (await on(client, "DELETE", made)).status == 200


async def test_a_list_keeps_its_type(client: Client) -> None:
    made = await created(client, "a@a.example")
    refused = await on(client, "PUT", made, json={"name": "l", "type": "IP", "items": []})
    assert (refused.status, [pointer for pointer, _ in refused.faults]) == (400, ["/type"])
    assert (await on(client, "GET", made)).result == made


FAULTS = [
    (
        "POST",
        {"type": "EMAIL", "items": items("x", "a@a.example", "y")},
        ["/name", "/items/0/value", "/items/2/value"],
    ),
    ("POST", {"name": "l", "type": "IP", "items": items("10.0.0.1/8")}, ["/items/0/value"]),
    ("PUT", {"name": "", "items": items("x")}, ["/name", "/items/0/value"]),
    ("PATCH", {"append": items("x"), "remove": ["y"]}, ["/append/0/value", "/remove/0"]),
    ("PATCH", {"append": items(*"abcdefghijklmnopqrstuvwxyz")}, [f"/append/{n}/value" for n in range(20)]),
]


@pytest.mark.parametrize(("method", "body", "expected"), FAULTS)
async def test_every_fault_is_pointed_at(client: Client, method: str, body: Any, expected: list[str]) -> None:
    made = await created(client, "a@a.example")
    path = LISTS if method == "POST" else f"{LISTS}/{made['id']}"
    refused = await client.call(method, path, json=body)
    assert (refused.status, [pointer for pointer, _ in refused.faults]) == (400, expected)
    assert (await client.call("GET", LISTS)).result == [{key: made[key] for key in SHAPE}]


async def test_pages_hold_every_item_once_and_end(client: Client) -> None:
    made = await created(client, items=numbered(*range(30)))
    await on(client, "PATCH", made, json={"remove": [f"u{n}@a.example" for n in range(0, 30, 3)]})
    values = []
    for page in range(1, 5):
        answer = await on(client, "GET", made, f"/items?page={page}&per_page=7")
        info = {"page": page, "per_page": 7, "count": len(answer.result), "total_count": 20, "total_pages": 3}
        assert answer.body["result_info"] == info
        values += answer.result
    assert [item["value"] for item in values] == [f"u{n}@a.example" for n in range(30) if n % 3]
    assert (answer.status, answer.result) == (200, [])
    assert (await on(client, "GET", made, "/items")).result == (await on(client, "GET", made)).result["items"]


async def test_every_change_is_in_the_log(client: Client) -> None:
    made = await created(client, "a@a.example", description="us")
    await on(client, "PATCH", made, json={"append": [{"value": "b@a.example", "description": "Bob"}]})
    await on(client, "PUT", made, json={"name": "m", "items": []})
    await on(client, "PUT", made, json={"name": "m", "items": [{"value": "nobody"}]})
    await on(client, "DELETE", made)
    base = {"name": "l", "type": "EMAIL", "description": "us"}
    both = [{"value": "a@a.example"}, {"value": "b@a.example", "description": "Bob"}]
    empty = {"name": "m", "type": "EMAIL", "description": None, "count": 0, "items": []}
    assert await log(client) == [
        ("create", base | {"count": 1, "items": both[:1]}),
        ("update", base | {"count": 2, "items": both}),
        ("update", empty),
        ("delete", empty),
    ]


async def seen(client: Client, method: str, path: str, body: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
    headers = {"Authorization": f"Bearer {client.token}"}
    url = f"{client.url}/accounts/{client.account}/gateway/lists/{path}"
    async with client.session.request(method, url, headers=headers, json=body) as response:
        kept = sorted((name, value) for name, value in response.headers.items() if name not in VARYING)
        return response.status, await response.read(), kept


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        *(("GET", "", None), ("GET", "/items", None), ("GET", "/items?page=2", None), ("DELETE", "", None)),
        *(("PUT", "", {"name": "x", "items": items("nobody")}), ("PATCH", "", {"remove": ["a@a.example"]})),
    ],
)
async def test_a_list_of_another_account_is_as_absent_as_none(
    service: Service, client: Client, method: str, rest: str, body: Any
) -> None:
    other = await service.tenant()
    made = await created(other, "a@a.example")
    foreign = await seen(client, method, made["id"] + rest, body)
    assert foreign == await seen(client, method, ABSENT + rest, body)
    assert foreign == await seen(client, method, "nonsense" + rest, body)
    assert (foreign[0], (await client.call("GET", LISTS)).result) == (404, [])
    assert (await on(other, "GET", made)).result == made


@pytest.mark.parametrize("headers", [{}, {"x-stainless-retry-count": "1"}])
async def test_a_creation_that_is_tried_again_is_one(client: Client, headers: dict[str, str]) -> None:
    given = {"name": "l", "type": "EMAIL", "items": items("a@a.example")}
    first, second = [await client.call("POST", LISTS, json=given, headers=headers) for _ in range(2)]
    assert (first.result == second.result) == bool(headers)
    other = await client.call("POST", LISTS, json=given | {"items": []}, headers=headers)
    assert other.result["id"] not in (first.result["id"], second.result["id"])


async def test_items_appended_at_the_same_time_are_all_there(client: Client) -> None:
    made = await created(client)
    patches = [{"append": numbered(n, n + 1, n + 2)} for n in range(20)]
    answers = await asyncio.gather(*(on(client, "PATCH", made, json=patch) for patch in patches))
    assert {answer.status for answer in answers} == {200}
    shown = (await on(client, "GET", made)).result
    assert sorted(value for value, _ in content(shown)) == sorted(
        each["value"] for each in numbered(*range(22))
    )
    assert shown["count"] == 22


async def test_an_account_has_only_so_many_lists(service: Service, client: Client) -> None:
    connection = await service.connect()
    try:
        await connection.execute(
            "INSERT INTO list (account_id, list_id, name, type, items, digest) "
            "SELECT $1, gen_random_uuid(), 'l', 'URL', 0, '' FROM generate_series(1, 1000)",
            client.account,
        )
    finally:
        await connection.close()
    refused = await client.call("POST", LISTS, json={"name": "l", "type": "URL"})
    assert (refused.status, "1000" in refused.faults[0][1]) == (400, True)
    assert len((await client.call("GET", LISTS)).result) == 1000
