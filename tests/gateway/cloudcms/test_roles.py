"""Roles of an account's own, beside those that every account has."""

import pytest

from shared.policy.entitlement.roles import PERMISSIONS, STANDARD
from tests.stack import Client

REVIEWER = {"roleKey": "Reviewer", "permissions": ["connect", "READ", "read"], "title": "Reviews", "x": [1]}
DATASTORES = ("stacks", "projects", "repositories", "domains", "vaults", "directories", "registrars")


async def made(client: Client, **document: object) -> str:
    answer = await client.call("POST", "/roles", json=document)
    assert answer.status == 200, answer
    return answer.body["_doc"]


async def keys(client: Client, path: str = "/roles", **query: str) -> list[str]:
    answer = await client.call("GET", path, params=query)
    assert answer.body["size"] == len(answer.body["rows"])
    return [row["roleKey"] for row in answer.body["rows"]]


async def test_a_role_is_kept_as_it_was_sent_its_keys_in_one_case(client: Client) -> None:
    answer = await client.call("POST", "/roles", json=REVIEWER)
    assert (answer.status, answer.body) == (200, {"_doc": "reviewer", "ok": True})
    for key in ("reviewer", "REVIEWER"):
        role = (await client.call("GET", f"/roles/{key}")).body
        assert role.pop("_system")["created_by"] == "test"
        assert role == {
            "_doc": "reviewer",
            "roleKey": "reviewer",
            "permissions": ["CONNECT", "READ"],
            "title": "Reviews",
            "x": [1],
        }


async def test_a_role_without_permissions_gives_nothing(client: Client) -> None:
    await made(client, roleKey="abc")
    assert (await client.call("GET", "/roles/abc")).body["permissions"] == []


async def test_a_list_has_the_accounts_own_and_standard_ones_if_those_are_asked_for(client: Client) -> None:
    assert await keys(client) == []
    await made(client, roleKey="b")
    await made(client, roleKey="a")
    assert await keys(client) == ["b", "a"]
    assert await keys(client, inherited="true") == [*STANDARD, "b", "a"]
    assert await keys(client, inherited="true", sort='{"roleKey":1}', limit="2") == ["a", "b"]
    assert await keys(client, inherited="true", skip="9") == ["a"]


@pytest.mark.parametrize("store", DATASTORES)
async def test_a_datastore_has_none_of_its_own_and_those_from_above(client: Client, store: str) -> None:
    await made(client, roleKey="a")
    path = f"/{store}/{'primary' if store == 'domains' else 'any'}/roles"
    assert await keys(client, path) == []
    assert await keys(client, path, inherited="true") == [*STANDARD, "a"]
    assert (await client.call("GET", f"{path}/a")).body["roleKey"] == "a"
    assert (await client.call("POST", path, json={"roleKey": "b"})).status == 405


@pytest.mark.parametrize("key", [spelt for key in STANDARD for spelt in (key, key.upper(), key.title())])
async def test_no_role_of_an_account_is_called_as_a_standard_one(client: Client, key: str) -> None:
    answer = await client.call("POST", "/roles", json={"roleKey": key, "permissions": ["READ"]})
    assert answer.status == 409
    assert f"`{key.lower()}` is a standard role" in answer.body["faults"][0]["message"]
    assert await keys(client) == []


async def test_a_standard_role_is_read_and_stays(client: Client) -> None:
    role = (await client.call("GET", "/roles/Owner")).body
    assert role == {
        "_doc": "owner",
        "roleKey": "owner",
        "permissions": sorted(STANDARD["owner"]),
        "system": True,
    }
    for method, path in (("POST", "/roles"), ("PUT", "/roles/owner"), ("DELETE", "/roles/owner")):
        answer = await client.call(method, path, json={"roleKey": "Owner"})
        assert answer.status == 409
        assert "`owner` is a standard role" in answer.body["message"]
        faults = [fault["pointer"] for fault in answer.body.get("faults", ())]
        assert faults == (["/roleKey"] if method == "POST" else [])


async def test_a_role_is_replaced(client: Client) -> None:
    await made(client, roleKey="a", permissions=["READ"], title="t")
    before = (await client.call("GET", "/roles/a")).body
    answer = await client.call("PUT", "/roles/A", json={**before, "title": "u", "roleKey": "A"})
    assert (answer.status, answer.body) == (200, {"ok": True})
    await client.call("PUT", "/roles/a", json={"permissions": ["connect"]})
    after = (await client.call("GET", "/roles/a")).body
    assert (after["permissions"], "title" in after) == (["CONNECT"], False)
    assert after["_system"]["created_on"] == before["_system"]["created_on"]
    assert after["_system"]["modified_on"]["ms"] > before["_system"]["modified_on"]["ms"]


async def test_a_deleted_role_is_gone(client: Client) -> None:
    await made(client, roleKey="a")
    assert (await client.call("DELETE", "/roles/a")).body == {"ok": True}
    for method in ("GET", "PUT", "DELETE"):
        assert (await client.call(method, "/roles/a", json={})).status == 404
    await made(client, roleKey="a")


async def test_a_role_that_something_names_stays_until_nothing_does(client: Client) -> None:
    await made(client, roleKey="a")
    statements = [{"action": "grant", "roles": ["consumer"]}, {"action": "revoke", "roles": ["editor", "A"]}]
    policy = (await client.call("POST", "/access/policies", json={"statements": statements})).body["_doc"]
    other = (await client.call("POST", "/access/policies", json={"statements": None})).body["_doc"]
    grant = f"/access/policies/{other}/authorities"
    assert (await client.call("POST", f"{grant}/A/grant?id=everyone", json={})).status == 200
    answer = await client.call("DELETE", "/roles/a")
    assert answer.status == 409
    assert "grant `" in answer.body["message"]
    assert f"policy `{policy}`" in answer.body["message"]
    assert other not in answer.body["message"]
    await client.call("POST", f"{grant}/a/revoke?id=everyone", json={})
    assert (await client.call("DELETE", "/roles/a")).status == 409
    await client.call("DELETE", f"/access/policies/{policy}")
    assert (await client.call("DELETE", "/roles/a")).status == 200


async def test_the_second_of_a_key_is_refused(client: Client) -> None:
    await made(client, roleKey="a")
    assert (await client.call("POST", "/roles", json={"roleKey": "A"})).status == 409


WRONG = [
    ({}, "/roleKey"),
    ({"roleKey": 1}, "/roleKey"),
    ({"roleKey": ""}, "/roleKey"),
    ({"roleKey": "a b"}, "/roleKey"),
    ({"roleKey": "a" * 65}, "/roleKey"),
    ({"roleKey": "all"}, "/roleKey"),
    ({"roleKey": "ALL", "permissions": ["READ"]}, "/roleKey"),
    ({"roleKey": "a", "permissions": "READ"}, "/permissions"),
    ({"roleKey": "a", "permissions": ["READ", "WRITE"]}, "/permissions/1"),
    ({"roleKey": "a", "permissions": [1]}, "/permissions/0"),
    ({"roleKey": "a", "permissions": [*PERMISSIONS, *PERMISSIONS, "READ"]}, "/permissions"),
    ({"roleKey": "a", "ok": True}, "/ok"),
    ({"roleKey": "a", "title": 1}, "/title"),
]


@pytest.mark.parametrize(("document", "pointer"), WRONG)
async def test_a_role_that_is_none_is_refused(client: Client, document: object, pointer: str) -> None:
    answer = await client.call("POST", "/roles", json=document)
    assert (answer.status, [fault["pointer"] for fault in answer.body["faults"]]) == (400, [pointer])


async def test_the_key_of_a_role_stays(client: Client) -> None:
    await made(client, roleKey="a")
    assert (await client.call("PUT", "/roles/a", json={"roleKey": "b"})).status == 400


@pytest.mark.parametrize("key", ["x", "%00", "a%2Fb", "x" * 300, "%F0%9F%98%80"])
async def test_a_key_that_nobody_has_is_absent(client: Client, key: str) -> None:
    assert (await client.call("GET", f"/roles/{key}")).status == 404


async def test_a_change_is_in_the_audit_log(client: Client) -> None:
    await made(client, roleKey="a")
    await client.call("PUT", "/roles/a", json={"title": "t"})
    await client.call("PUT", "/roles/a", json={"title": "t"})
    await client.call("DELETE", "/roles/a")
    log = (await client.call("GET", "{a}/audit-log", params={"kind": "role"})).result
    assert [(entry["action"], entry["subject_id"]) for entry in log] == [
        ("delete", "a"),
        ("update", "a"),
        ("create", "a"),
    ]
