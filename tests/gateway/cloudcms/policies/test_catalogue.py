"""What comes with the service: system policies, templates, types of condition."""

import jsonschema_rs
import pytest

from shared.wire.cloudcms.conditions import ALIASES, KINDS
from shared.wire.cloudcms.shipped import system_policies, templates
from tests.gateway.cloudcms.holdings import (
    PATH,
    document,
    grant,
    listed,
    made,
    pointers,
    refusal,
    rows,
)
from tests.stack import Client

NEEDED = {
    key: {parameter.name: parameter.example for parameter in template.parameters}
    for key, template in templates().items()
}


async def test_system_policies_are_listed_and_read_by_key(client: Client) -> None:
    found = rows(await client.call("GET", f"{PATH}/system"))
    assert [row["_doc"] for row in found] == sorted(system_policies())
    for row in found:
        assert (row["key"], row["system"], row["order"]) == (row["_doc"], True, 1000)
        assert (await client.call("GET", f"{PATH}/system/{row['key']}")).body == row
    refusal(await client.call("GET", f"{PATH}/system/project-emperor"), 404)


async def test_templates_are_listed_and_read_by_key(client: Client) -> None:
    found = rows(await client.call("GET", f"{PATH}/templates"))
    assert [row["_doc"] for row in found] == sorted(templates())
    for row in found:
        assert {parameter["name"] for parameter in row["parameters"]} == NEEDED[row["key"]].keys()
        assert (await client.call("GET", f"{PATH}/templates/{row['key']}")).body == row
    refusal(await client.call("GET", f"{PATH}/templates/nothing"), 404)


@pytest.mark.parametrize("key", sorted(templates()))
async def test_a_template_becomes_a_policy(client: Client, key: str) -> None:
    for role in templates()[key].roles:
        body = {"roleKey": role.key, "permissions": list(role.permissions)}
        assert (await client.call("POST", "/roles", json=body)).status == 200
    where, body = f"{PATH}/templates/{key}", {"parameters": NEEDED[key]}
    shown = await client.call("POST", where, json=body)
    assert shown.status == 200
    assert "_doc" not in shown.body
    assert await listed(client) == []
    created = (await client.call("POST", f"{where}?create=true", json=body)).body
    assert await document(client, created["_doc"]) == {"_doc": created["_doc"], **shown.body["policy"]}


async def test_a_template_says_what_it_lacks(client: Client) -> None:
    where = f"{PATH}/templates/section-reader"
    assert pointers(await client.call("POST", where)) == ["/parameters/section"]
    given = {"section": "/news", "sectoin": "/x"}
    assert pointers(await client.call("POST", where, json={"parameters": given})) == ["/parameters/sectoin"]
    assert pointers(await client.call("POST", where, json={"parameters": {"section": 1}}))
    assert pointers(await client.call("POST", where, json={"parameters": []})) == ["/parameters"]
    refusal(await client.call("POST", f"{PATH}/templates/nothing", json={}), 404)
    refusal(await client.call("POST", f"{where}?create=maybe", json={"parameters": given}), 400)


async def test_a_template_whose_roles_are_not_there_says_so(client: Client) -> None:
    key = next(key for key, template in templates().items() if template.roles)
    where, body = f"{PATH}/templates/{key}", {"parameters": NEEDED[key]}
    assert (await client.call("POST", where, json=body)).status == 200
    message = refusal(await client.call("POST", f"{where}?create=true", json=body), 400)
    assert f"there is no role `{templates()[key].roles[0].key.lower()}`" in message
    assert await listed(client) == []


async def test_all_types_of_condition_are_told_of(client: Client) -> None:
    found = rows(await client.call("GET", "/access/conditions"))
    assert [row["type"] for row in found] == sorted([*KINDS, "and", "or", "not"])
    assert {alias: row["type"] for row in found for alias in row["aliases"]} == ALIASES
    assert all(row["_doc"] == row["type"] and row["title"] and row["description"] for row in found)


PATHS = {"type": "path", "config": {"path": "/a"}}
CONFIGS = [
    ("and", {"conditions": [PATHS]}, {"conditions": []}),
    ("or", {"conditions": [PATHS, PATHS]}, {"conditions": PATHS}),
    ("not", {"condition": PATHS}, {"conditions": [PATHS]}),
    ("path", {"path": "/a"}, {"path": 1}),
    ("type", {"type": "node"}, {}),
    ("id", {"id": ".*"}, {"id": "x", "y": 1}),
    ("reference", {"id": "x"}, {"id": "x", "reference": "x"}),
    ("property", {"property": "a.b", "value": True}, {"property": ""}),
    ("locale", {"locale": "de"}, {"local": "de"}),
    ("qname", {"qname": "r:root"}, {"qname": None}),
    ("type-qname", {"qname": "my:a"}, {"type": "my:a"}),
    ("feature", {"qname": "f:x"}, {"feature": "f:x"}),
    ("definition", {}, {"x": 1}),
    ("branch", {"title": "master"}, {}),
    ("changeset", {"id": "1:.*"}, {"title": "x"}),
    ("datastore", {"typeId": "project", "title": ".*"}, {"type": "project"}),
]


@pytest.mark.parametrize(("kind", "good", "bad"), CONFIGS, ids=[each for each, *_ in CONFIGS])
async def test_a_types_schema_takes_what_a_policy_takes(
    client: Client, kind: str, good: dict[str, object], bad: dict[str, object]
) -> None:
    found = rows(await client.call("GET", "/access/conditions"))
    schema = next(row["schema"] for row in found if row["type"] == kind)
    for config, fits in ((good, True), (bad, False)):
        assert jsonschema_rs.is_valid(schema, config) is fits
        policy = {"statements": [grant({"type": kind, "config": config})]}
        assert (await client.call("POST", PATH, json=policy)).status == (200 if fits else 400)


def test_each_type_of_condition_is_tried() -> None:
    assert {kind for kind, *_ in CONFIGS} == {*KINDS, "and", "or", "not"}


async def test_what_comes_with_the_service_cannot_be_written(client: Client) -> None:
    await made(client)
    for path in ("system/project-user", "templates/section-reader"):
        for method in ("PUT", "DELETE"):
            assert (await client.call(method, f"{PATH}/{path}", json={})).status == 405
