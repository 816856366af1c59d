"""Teams: of the platform and of datastores, each with roles and a group of its own."""

from typing import Any

import pytest

from services.gateway.cloudcms.containers import DATASTORES
from tests.gateway.cloudcms import people, rights
from tests.stack import Answer, Client

PLACES = ["", *(f"/{store}/{'primary' if store == 'domains' else 'any'}" for store in DATASTORES)]


async def made(client: Client, key: str, place: str = "", **document: Any) -> dict[str, Any]:
    """A new team, as it is read."""
    answer = await client.call("POST", f"{place}/teams", params={"key": key}, json=document)
    assert answer.status == 200, answer
    return (await client.call("GET", f"{place}/teams/{answer.body['_doc']}")).body


async def keys(client: Client, place: str = "", **query: str) -> list[str]:
    answer = await client.call("GET", f"{place}/teams", params=query)
    assert answer.body["size"] == len(answer.body["rows"])
    return [row["key"] for row in answer.body["rows"]]


@pytest.mark.parametrize("place", PLACES)
async def test_a_team_is_kept_where_it_was_made(client: Client, place: str) -> None:
    team = await made(client, "grifters", place, title="Grifters", x=[1], roleKeys=["Consumer"])
    kind = DATASTORES[place.split("/")[1]] if place else "platform"
    of = {"": client.account, "domain": "default"}.get(kind if place else "", "any")
    assert team.pop("_system")["created_by"] == "test"
    assert team == {
        "_doc": team["_doc"],
        "key": "grifters",
        "title": "Grifters",
        "x": [1],
        "groupId": team["groupId"],
        "roleKeys": ["consumer"],
        "teamableObjectTypeId": kind,
        "teamableObjectId": of,
    }
    by_key = (await client.call("GET", f"{place}/teams/grifters")).body
    assert by_key["_doc"] == team["_doc"]
    elsewhere = "/vaults/other" if place else "/stacks/other"
    assert (await client.call("GET", f"{elsewhere}/teams/grifters")).status == 404
    assert await keys(client, elsewhere) == []


async def test_case_does_not_count_in_the_id_of_a_datastore(client: Client) -> None:
    ann = await people.user(client, "ann")
    team = await made(client, "a", "/projects/Prj", roleKeys=["editor"])
    assert team["teamableObjectId"] == "Prj"
    assert (await client.call("POST", "/projects/prj/teams?key=a", json={})).status == 409
    assert (await client.call("GET", "/projects/PRJ/teams/a")).body["_doc"] == team["_doc"]
    assert await keys(client, "/projects/prj") == ["a"]
    await client.call("POST", "/projects/prj/teams/a/members/add", params={"id": ann}, json={})
    held = {"teamableType": "project", "teamableId": "PRJ"}
    answer = await client.call("GET", f"{people.PRINCIPALS}/{ann}/teams", params=held)
    assert [row["_doc"] for row in answer.body["rows"]] == [team["_doc"]]
    for place in ("/projects/Prj", "/projects/prj"):
        assert await rights.has(client, place, ann, "editor")
    policy = (await client.call("POST", "/access/policies", json={"title": "p"})).body["_doc"]
    for number, of in enumerate(("Prj", "prj")):
        ref = {"ref": f"team://project/{client.account}/{of}/a"}
        word = ("assign", "unassign")[number]
        assert (await client.call("POST", f"/access/policies/{policy}/{word}", params=ref)).status == 200
    assert (await client.call("GET", f"/access/policies/{policy}/targets")).body["total_rows"] == 0


async def test_the_one_domain_has_two_names_and_there_is_no_other(client: Client) -> None:
    await made(client, "a", "/domains/primary")
    assert await keys(client, "/domains/default") == ["a"]
    assert (await client.call("GET", "/domains/other/teams")).status == 404


async def test_a_list_has_the_teams_of_one_place_in_order(client: Client) -> None:
    for key in ("b", "c", "a"):
        await made(client, key, "/stacks/s", title=f"team {key}")
    await made(client, "other", "/stacks/t")
    assert await keys(client, "/stacks/s") == ["b", "c", "a"]
    assert await keys(client, "/stacks/s", skip="1", limit="1") == ["c"]
    assert await keys(client, "/stacks/s", sort='{"title":-1}', limit="2") == ["c", "b"]
    answer = await client.call("GET", "/stacks/s/teams", params={"limit": "1", "sort[title]": "1"})
    assert (answer.body["total_rows"], answer.body["rows"][0]["key"]) == (3, "a")


async def test_a_key_may_be_in_the_body(client: Client) -> None:
    answer = await client.call("POST", "/teams", json={"key": "k"})
    assert (await client.call("GET", "/teams/k")).body["_doc"] == answer.body["_doc"]


async def test_a_team_without_a_body_has_only_a_key(client: Client) -> None:
    answer = await client.call("POST", "/teams?key=k", data=b"")
    assert answer.status == 200
    assert (await client.call("GET", "/teams/k")).body["roleKeys"] == []


async def test_the_second_of_a_key_is_refused(client: Client) -> None:
    await made(client, "a", "/stacks/s")
    assert (await client.call("POST", "/stacks/s/teams?key=a", json={})).status == 409
    await made(client, "a", "/stacks/t")


async def test_a_group_of_the_name_that_the_teams_would_have_is_in_the_way(client: Client) -> None:
    group = {"type": "GROUP", "name": "team:stack:s:a"}
    assert (await client.call("POST", "/domains/primary/principals", json=group)).status == 200
    answer = await client.call("POST", "/stacks/s/teams?key=a", json={})
    assert (answer.status, await keys(client, "/stacks/s")) == (409, [])


WRONG: list[tuple[str, Any, str | None]] = [
    ("", {}, None),
    ("a b", {}, None),
    ("a/b", {}, None),
    ("a" * 129, {}, None),
    ("a", {"key": "b"}, "/key"),
    ("a", {"title": 1}, "/title"),
    ("a", {"ok": True}, "/ok"),
    ("a", {"roleKeys": "consumer"}, "/roleKeys"),
    ("a", {"roleKeys": ["consumer", 1]}, "/roleKeys/1"),
    ("a", {"roleKeys": ["consumer", "emperor"]}, "/roleKeys/1"),
    ("a", {"roleKeys": ["consumer", "Consumer", "emperor"]}, "/roleKeys/2"),
    ("a", {"roleKeys": ["x"] * 65}, "/roleKeys"),
    ("a", {"x": "x" * 65_536}, ""),
]


@pytest.mark.parametrize(("key", "document", "pointer"), WRONG)
async def test_a_team_that_is_none_is_refused(
    client: Client, key: str, document: Any, pointer: str | None
) -> None:
    answer = await client.call("POST", "/teams", params={"key": key}, json=document)
    assert (answer.status, [fault["pointer"] for fault in answer.body["faults"]]) == (400, [pointer])
    assert await keys(client) == []


async def test_a_team_is_replaced_and_keeps_what_is_not_its_clients(client: Client) -> None:
    before = await made(client, "a", title="t", roleKeys=["consumer"], x=1)
    changed = {**before, "title": "u", "groupId": "other", "teamableObjectId": "other"}
    assert (await client.call("PUT", "/teams/a", json=changed)).body == {"ok": True}
    after = (await client.call("GET", "/teams/a")).body
    assert after["_system"]["modified_on"]["ms"] > before["_system"]["modified_on"]["ms"]
    assert {**after, "_system": 0} == {**before, "title": "u", "_system": 0}
    await client.call("PUT", "/teams/a", json={"description": "d"})
    after = (await client.call("GET", "/teams/a")).body
    assert (after["roleKeys"], after["description"], "x" in after) == (["consumer"], "d", False)
    assert (await client.call("PUT", "/teams/a", json={"key": "b"})).status == 400


async def authorities(client: Client, team: str) -> list[str]:
    return (await client.call("GET", f"{team}/authorities")).body["authorities"]


async def test_roles_are_given_and_taken(client: Client) -> None:
    await client.call("POST", "/roles", json={"roleKey": "reviewer"})
    await made(client, "a", "/stacks/s")
    path = "/stacks/s/teams/a"
    for role in ("consumer", "Reviewer", "CONSUMER"):
        assert (await client.call("POST", f"{path}/authorities/{role}/grant", json={})).body == {"ok": True}
    assert await authorities(client, path) == ["consumer", "reviewer"]
    for _ in range(2):
        assert (await client.call("POST", f"{path}/authorities/Consumer/revoke")).body == {"ok": True}
    assert await authorities(client, path) == ["reviewer"]
    assert (await client.call("POST", f"{path}/authorities/all/revoke")).body == {"ok": True}
    assert await authorities(client, path) == []
    assert (await client.call("POST", f"{path}/authorities/emperor/grant")).status == 400


async def test_a_role_that_a_team_gives_is_not_deleted(client: Client) -> None:
    await client.call("POST", "/roles", json={"roleKey": "reviewer"})
    team = await made(client, "a", roleKeys=["reviewer"])
    answer = await client.call("DELETE", "/roles/reviewer")
    assert (answer.status, answer.body["message"]) == (
        409,
        f"the role `reviewer` is in use by team `{team['_doc']}`",
    )
    await client.call("DELETE", "/teams/a")
    assert (await client.call("DELETE", "/roles/reviewer")).status == 200


async def test_a_deleted_team_is_gone_with_its_group_and_its_assignments(client: Client) -> None:
    team = await made(client, "a", "/stacks/s")
    policy = (await client.call("POST", "/access/policies", json={"title": "p"})).body["_doc"]
    ref = {"ref": f"team://stack/{client.account}/s/{team['_doc']}"}
    assert (await client.call("POST", f"/access/policies/{policy}/assign", params=ref)).status == 200
    targets = f"/access/policies/{policy}/targets"
    assert (await client.call("GET", targets)).body["total_rows"] == 1
    group = f"/domains/primary/principals/{team['groupId']}"
    assert (await client.call("DELETE", group)).status == 409
    assert (await client.call("DELETE", "/stacks/s/teams/a")).body == {"ok": True}
    for method, path in (("GET", "/stacks/s/teams/a"), ("DELETE", "/stacks/s/teams/a"), ("GET", group)):
        assert (await client.call(method, path)).status == 404
    assert (await client.call("GET", targets)).body["total_rows"] == 0
    await made(client, "a", "/stacks/s")


@pytest.mark.parametrize("given", ["x", "%00", "a%2Fb", "x" * 300, "%F0%9F%98%80", "%20"])
async def test_a_team_that_there_is_not_is_absent(client: Client, given: str) -> None:
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/authorities")):
        answer = await client.call(method, f"/stacks/s/teams/{given}{path}", data=b"")
        assert (answer.status, answer.body["error"]) == (404, True)


async def logged(client: Client, kind: str) -> Answer:
    return await client.call("GET", "{a}/audit-log", params={"kind": kind})


async def test_a_change_is_in_the_audit_log(client: Client) -> None:
    team = await made(client, "a")
    for _ in range(2):
        await client.call("POST", "/teams/a/authorities/consumer/grant")
    await client.call("PUT", "/teams/a", json={"title": "t"})
    await client.call("DELETE", "/teams/a")
    log = (await logged(client, "team")).result
    assert [entry["action"] for entry in log] == ["delete", "update", "update", "create"]
    assert {entry["subject_id"] for entry in log} == {team["_doc"]}
    assert log[1]["document"]["roleKeys"] == ["consumer"]
    log = (await logged(client, "directory_group")).result
    assert [(entry["action"], entry["subject_id"]) for entry in log] == [
        ("delete", team["groupId"]),
        ("create", team["groupId"]),
    ]
