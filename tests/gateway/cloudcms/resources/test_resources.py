"""Registered resources: kept with what conditions may ask of them, found by id and by reference."""

import json
from typing import Any

import pytest

from tests.gateway.cloudcms import holdings, people, rights
from tests.gateway.cloudcms.holdings import ABSENT, pointers, refusal, rows
from tests.stack import Answer, Client, Service, account_id

PATH = "/access/resources"
FULL = {
    "type": "node",
    "id": "n1",
    "paths": ["/a/b", "/c"],
    "properties": {"title": "T", "_type": "my:article", "nested": {"x": [1, None]}},
    "containers": [{"type": "project", "id": "p1", "title": "Project"}],
    "branch": {"id": "b1", "title": "master"},
    "changeset": "1:abc",
    "locale": "de_DE",
}


async def read(client: Client, resource_id: str) -> dict[str, Any]:
    answer = await client.call("GET", f"{PATH}/{resource_id}")
    assert answer.status == 200, answer
    del answer.body["_system"]
    return answer.body


async def test_a_resource_is_kept_as_it_was_sent(client: Client) -> None:
    made = await rights.registered(client, reference="Node://P/R/B/N1", **FULL)
    assert await read(client, made) == {"_doc": made, "reference": "Node://P/R/B/N1", **FULL}


async def test_a_reference_is_made_where_none_is_sent(client: Client) -> None:
    by_id = await rights.registered(client, type="report", id="r1")
    without = await rights.registered(client, type="report")
    assert (await read(client, by_id))["reference"] == f"report://{client.account}/r1"
    assert (await read(client, without))["reference"] == f"report://{client.account}/{without}"


async def test_a_resource_is_found_by_its_reference_in_any_case(client: Client) -> None:
    made = await rights.registered(client, reference="Node://P/R/B/N1", type="node")
    for ref in ("Node://P/R/B/N1", "node://p/r/b/n1", "NODE:/P/R/B/N1/"):
        answer = await client.call("GET", PATH, params={"ref": ref})
        assert [row["_doc"] for row in rows(answer)] == [made]
    assert rows(await client.call("GET", PATH, params={"ref": "node://p/r/b/n2"})) == []
    assert refusal(await client.call("GET", PATH, params={"ref": "nonsense"}), 400)
    again = await client.call("POST", PATH, json={"reference": "node://p/r/b/N1"})
    assert "registered already" in refusal(again, 409)


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_a_resource_is_replaced(client: Client, method: str) -> None:
    made = await rights.registered(client, reference="node://p/n", path="/a")
    path = f"{PATH}/{made}" + ("/update" if method == "POST" else "")
    assert (await client.call(method, path, json={"type": "page", "path": "/b", "_doc": "x"})).body == {
        "ok": True
    }
    assert await read(client, made) == {"_doc": made, "type": "page", "path": "/b", "reference": "node://p/n"}
    changes = await holdings.changes(client, "resource")
    assert [(action, subject) for action, subject, _ in changes] == [("create", made), ("update", made)]
    await client.call(method, path, json={"type": "page", "path": "/b"})
    assert len(await holdings.changes(client, "resource")) == 2


async def test_grants_go_along_to_another_reference_and_away_with_the_resource(client: Client) -> None:
    await people.user(client, "ann")
    made = await rights.registered(client, reference="node://p/1")
    other = await rights.registered(client, reference="node://p/3")
    on = f"{PATH}/{made}"
    await rights.granted(client, on, "ann", "editor")
    await client.call("PUT", on, json={"reference": "node://p/2"})
    assert await rights.has(client, on, "ann", "editor")
    assert refusal(await client.call("PUT", on, json={"reference": "NODE://p/3"}), 409)
    assert not await rights.has(client, f"{PATH}/{other}", "ann", "editor")
    assert (await client.call("DELETE", on)).body == {"ok": True}
    again = await rights.registered(client, reference="node://p/2")
    assert not await rights.has(client, f"{PATH}/{again}", "ann", "editor")


@pytest.mark.parametrize("role", ["editor", "consumer"])
async def test_a_resource_does_not_move_to_where_something_is_granted(client: Client, role: str) -> None:
    await people.user(client, "ann")
    made = f"{PATH}/{await rights.registered(client, reference='project://p/1')}"
    await rights.granted(client, made, "ann", "editor")
    await rights.granted(client, "/projects/2", "ann", role)
    reference = f"project://{client.account}/2"
    assert "has grants of its own" in refusal(
        await client.call("PUT", made, json={"reference": reference}), 409
    )
    assert await rights.keys(client, made, "ann") == ["editor"]
    assert await rights.keys(client, "/projects/2", "ann") == [role]
    await rights.revoked(client, "/projects/2", "ann", "all")
    assert (await client.call("PUT", made, json={"reference": reference})).status == 200
    assert await rights.keys(client, "/projects/2", "ann") == ["editor"]


@pytest.mark.parametrize("word", ["DELETE", "POST"])
async def test_a_resource_is_registered_no_more(client: Client, word: str) -> None:
    made = await rights.registered(client, type="report")
    path = f"{PATH}/{made}" + ("/delete" if word == "POST" else "")
    assert (await client.call(word, path)).body == {"ok": True}
    assert refusal(await client.call("GET", f"{PATH}/{made}"), 404)
    assert refusal(await client.call(word, path), 404)


async def listed(client: Client, **query: Any) -> list[str]:
    return [row["id"] for row in rows(await client.call("GET", PATH, params=query))]


async def queried(client: Client, sought: dict[str, Any], **query: Any) -> list[str]:
    return [row["id"] for row in rows(await client.call("POST", f"{PATH}/query", json=sought, params=query))]


async def test_resources_are_listed_sorted_and_queried(client: Client) -> None:
    for number, name in enumerate("bca"):
        await rights.registered(client, type="report", id=name, properties={"n": number})
    assert await listed(client) == ["b", "c", "a"]
    assert await listed(client, skip="1", limit="1") == ["c"]
    assert await listed(client, sort='{"id": -1}') == ["c", "b", "a"]
    assert await queried(client, {"properties.n": {"$gte": 1}}, sort='{"id": 1}') == ["a", "c"]
    assert await queried(client, {}) == ["b", "c", "a"]


KEPT = [
    "accessPolicy://{a}/x",
    "user://{a}/default/x",
    "GROUP://{a}/default/x",
    "team://platform/{a}/x",
    "platform://{a}",
]


@pytest.mark.parametrize("reference", KEPT)
async def test_what_is_known_anyway_is_not_registered(client: Client, reference: str) -> None:
    answer = await client.call("POST", PATH, json={"reference": reference.format(a=client.account)})
    assert "without being registered" in refusal(answer, 400)


MANY = """
    INSERT INTO registered_resource (account_id, resource_id, reference, document, bytes,
        created_at, created_by, modified_at, modified_by)
    SELECT $1, number::text, 'x://' || number, '{}', 2, now(), '', now(), ''
    FROM generate_series(1, 10000) AS number
"""
WRONG: list[tuple[Any, str]] = [
    ({}, ""),
    ({"id": "x"}, ""),
    ({"type": "no de"}, "/type"),
    ({"type": "node", "id": "a/b"}, "/id"),
    ({"type": "node", "pth": "/a"}, ""),
    ({"type": "node", "paths": "/a"}, "/paths"),
    ({"type": "node", "paths": ["/a", 1]}, "/paths/1"),
    ({"type": "node", "containers": [{"type": "project"}]}, "/containers/0"),
    ({"type": "node", "container": {"type": "project", "id": "a", "x": 1}}, "/container"),
    ({"type": "node", "branch": 1}, "/branch"),
    ({"reference": "nonsense"}, "/reference"),
    ({"reference": 1}, "/reference"),
]


@pytest.mark.parametrize(("document", "pointer"), WRONG)
async def test_what_is_no_resource_is_refused_with_where_it_stands(
    client: Client, document: Any, pointer: str
) -> None:
    assert pointers(await client.call("POST", PATH, json=document)) == [pointer]
    made = await rights.registered(client, type="report", id="r")
    if document.get("reference", document.get("type")) is not None:
        assert pointers(await client.call("PUT", f"{PATH}/{made}", json=document)) == [pointer]
    assert len(await listed(client)) == 1


async def big(client: Client, size: int) -> Answer:
    document = {"reference": "x://y/z", "properties": {"t": ""}}
    document["properties"] = {"t": "y" * (size - len(json.dumps(document, separators=(",", ":"))))}
    return await client.call("POST", PATH, json=document)


async def test_a_resource_has_a_size_that_it_cannot_exceed(client: Client) -> None:
    assert (await big(client, 65_536)).status == 200
    assert "65536" in refusal(await big(client, 65_537), 400)


async def test_an_account_has_a_number_of_resources_that_it_cannot_exceed(
    service: Service, client: Client
) -> None:
    connection = await service.connect()
    await connection.execute(MANY, account_id(client))
    await connection.close()
    assert "10000" in refusal(await client.call("POST", PATH, json={"type": "report"}), 409)


@pytest.mark.parametrize("resource_id", [ABSENT, "a%20b", "%00", "x" * 300])
async def test_an_id_that_nothing_has_is_not_found(client: Client, resource_id: str) -> None:
    for method, end in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/update"), ("POST", "/delete")):
        answer = await client.call(method, f"{PATH}/{resource_id}{end}", json={"type": "x"})
        assert refusal(answer, 404)


async def test_conditions_know_what_is_registered(client: Client) -> None:
    ann = await people.user(client, "ann")
    conditions = {
        "path": {"path": "/c"},
        "id": {"id": "n1"},
        "locale": {"locale": "de_.*"},
        "type-qname": {"qname": "my:article"},
        "datastore": {"typeId": "project", "title": "Pro.*"},
        "branch": {"title": "master"},
        "changeset": {"id": "1:abc"},
        "property": {"property": "nested.x", "value": 1},
    }
    for number, (kind, config) in enumerate(conditions.items()):
        role = f"role{number}"
        await client.call("POST", "/roles", json={"roleKey": role, "permissions": ["READ"]})
        policy = await holdings.made(
            client, statements=[holdings.grant({"type": kind, "config": config}, roles=(role,))]
        )
        await holdings.assigned(client, policy, f"user://{client.account}/default/{ann}")
    entries = [
        {"permissioned": "Node://P/r/B/n1", "principalId": ann},
        {"resource": {"reference": "node://p/r/b/n1", **FULL}, "principalId": ann},
    ]

    async def authorities() -> list[list[str]]:
        answer = await client.call("POST", "/access/lookup", json={"entries": entries})
        return [each["authorities"] for each in answer.body["entries"]]

    everything = [f"role{number}" for number in range(len(conditions))]
    assert await authorities() == [["role1"], everything]
    made = await rights.registered(client, reference="node://p/r/b/N1", **FULL)
    assert await authorities() == [everything, everything]
    await client.call("PUT", f"{PATH}/{made}", json={"path": "/c"})
    assert await authorities() == [["role0"], everything]
