"""Questions about whatever resource: may they, why, what may they, and which policies say so."""

from typing import Any

import pytest

from tests.gateway.cloudcms import holdings, people, rights
from tests.gateway.cloudcms.holdings import grant, pointers, refusal
from tests.stack import Answer, Client


async def ref(client: Client, kind: str, own: str) -> str:
    return f"{kind}://{client.account}/default/{own}"


def condition(kind: str, **config: Any) -> dict[str, Any]:
    return {"type": kind, "config": config}


async def holding(client: Client, whom: str, *statements: dict[str, Any], **document: Any) -> str:
    """A new policy that somebody holds, by a reference."""
    policy = await holdings.made(client, statements=list(statements), **document)
    await holdings.assigned(client, policy, whom)
    return policy


@pytest.fixture
async def ann(client: Client) -> str:
    return await people.user(client, "ann")


async def test_a_statement_is_what_decides_and_is_named(client: Client, ann: str) -> None:
    user = await ref(client, "user", ann)
    revoke = {"action": "revoke", "roles": ["consumer"], "conditions": [condition("path", path="/secret/.*")]}
    policy = await holding(client, user, grant(condition("type", type="node")), revoke)
    pages = [{"type": "node", "path": path} for path in ("/open/a", "/secret/a")]
    entries = [{"resource": page, "principalId": "ann", "permissionId": "READ"} for page in pages]
    assert await rights.asked(client, *entries) == [{"hasPermission": True}, {"hasPermission": False}]
    yes, no = await rights.asked(client, *entries, explain="true")
    reason = yes.pop("reason")
    text = reason.pop("text")
    assert yes == {"hasPermission": True}
    assert reason == {
        "kind": "statement",
        "role": "consumer",
        "policyId": policy,
        "statement": 0,
        "action": "grant",
    }
    assert "statement 0" in text
    assert "`consumer`" in text
    assert (no["reason"]["kind"], no["reason"]["statement"], no["reason"]["action"]) == (
        "no_connect",
        1,
        "revoke",
    )


async def test_the_way_by_groups_is_said(client: Client, ann: str) -> None:
    inner, outer = await people.group(client, "inner"), await people.group(client, "outer")
    await people.join(client, inner, ann)
    await people.join(client, outer, inner)
    policy = await holdings.made(client)
    await rights.granted(client, f"/access/policies/{policy}", outer, "editor")
    entry = {
        "permissioned": f"accesspolicy://{client.account}/{policy}",
        "principalId": f"default/{ann}",
        "authorityId": "EDITOR",
        "explain": True,
    }
    (found,) = await rights.asked(client, entry)
    assert found["hasAuthority"] is True
    assert (found["reason"]["kind"], found["reason"]["groups"]) == ("grant", [inner, outer])
    assert "group `inner`, group `outer`" in found["reason"]["text"]
    assert len(found["reason"]["grantId"]) == 20


async def test_a_team_gives_roles_and_is_named(client: Client, ann: str) -> None:
    team = (await client.call("POST", "/teams", params={"key": "t"}, json={"roleKeys": ["editor"]})).body[
        "_doc"
    ]
    await client.call("POST", "/teams/t/members/add", params={"id": f"default/{ann}"}, json={})
    entry = {
        "permissioned": "node://x/r/b/n",
        "principalId": "ann",
        "permissionId": "UPDATE",
        "explain": True,
    }
    (found,) = await rights.asked(client, entry)
    assert found["hasPermission"] is True
    assert (found["reason"]["kind"], found["reason"]["teamId"]) == ("team", team)


async def test_nothing_is_a_reason_too(client: Client, ann: str) -> None:
    entry = {"permissioned": "node://x/r/b/n", "principalId": ann, "authorityId": "editor", "explain": True}
    (found,) = await rights.asked(client, entry)
    assert (found["hasAuthority"], found["reason"]["kind"]) == (False, "nothing")


async def test_a_reference_says_enough_without_registering(client: Client, ann: str) -> None:
    user, platform = await ref(client, "user", ann), client.account
    await holding(
        *(client, user),
        grant(condition("type", type="node"), condition("datastore", typeId="repository", id="r1")),
        grant(condition("id", id="p7"), roles=("editor",)),
        grant(condition("reference", reference=f"branch://{platform}/.*"), roles=("manager",)),
    )
    references = {
        f"node://{platform}/r1/b1/n1": ["consumer"],
        f"node://{platform}/r2/b1/n1": [],
        f"repository://{platform}/r1": [],
        f"project://{platform}/p7": ["editor"],
        f"BRANCH://{platform}/r2/b1".lower(): ["manager"],
    }
    entries = [{"permissioned": each, "principalId": "ann"} for each in references]
    answer = await client.call("POST", "/access/lookup", json={"entries": entries})
    assert [each["authorities"] for each in answer.body["entries"]] == list(references.values())
    assert [each["permissioned"] for each in answer.body["entries"]] == list(references)
    assert answer.body["entries"][0]["permissions"] == ["CONNECT", "READ"]
    assert answer.body["entries"][1]["permissions"] == []


async def test_policies_users_and_groups_are_resources_with_what_is_kept_of_them(
    client: Client, ann: str
) -> None:
    staff = await people.group(client, "staff", title="Staff")
    bob = await people.user(client, "bob", firstName="Bob", phone="617-1")
    policy = await holdings.made(client, title="Secret")
    await holding(
        *(client, await ref(client, "user", ann)),
        grant(condition("property", property="phone", value="617.*"), roles=("editor",)),
        grant(condition("property", property="title", value="S.*"), roles=("manager",)),
        grant(
            condition("type", type="accessPolicy"),
            condition("datastore", typeId="platform"),
            roles=("owner",),
        ),
    )
    references = [
        await ref(client, "user", bob),
        await ref(client, "group", staff),
        f"accesspolicy://{client.account}/{policy}",
        f"accessPolicy://{client.account}/project-user",
        f"platform://{client.account}",
    ]
    entries = [{"permissioned": each, "principalId": ann} for each in references]
    answer = await client.call("POST", "/access/lookup", json={"entries": entries})
    assert [each["authorities"] for each in answer.body["entries"]] == [
        ["consumer", "editor"],
        ["consumer", "manager"],
        ["manager", "owner"],
        ["owner"],
        ["connector"],
    ]
    await client.call("PUT", f"/domains/default/principals/{bob}", json={"name": "bob", "phone": "415"})
    await client.call("PUT", f"/domains/default/principals/{staff}", json={"name": "staff", "title": "x"})
    await client.call("PUT", f"/access/policies/{policy}", json={"title": "x"})
    answer = await client.call("POST", "/access/lookup", json={"entries": entries[:3]})
    assert [each["authorities"] for each in answer.body["entries"]] == [["consumer"], ["consumer"], ["owner"]]


async def test_a_user_who_is_renamed_is_known_by_the_new_name_only(client: Client, ann: str) -> None:
    policy = f"/access/policies/{await holdings.made(client)}"
    await rights.granted(client, policy, "ann", "consumer")
    assert await rights.has(client, policy, "ann", "consumer")
    await client.call("PUT", f"/domains/default/principals/{ann}", json={"name": "anna"})
    assert await rights.has(client, policy, "anna", "consumer")
    assert refusal(await rights.say(client, policy, "check", "consumer", "ann"), 404)


async def test_what_does_not_exist_is_answered_with_no(client: Client, ann: str) -> None:
    entries = [
        {"permissioned": f"accessPolicy://{client.account}/{holdings.ABSENT}", "principalId": ann},
        {"permissioned": f"accessPolicy://{'0' * 32}/{holdings.ABSENT}", "principalId": ann},
        {"permissioned": f"user://{client.account}/default/{holdings.ABSENT}", "principalId": ann},
        {"permissioned": "nothing", "principalId": ann},
        {"permissioned": "node://a/b", "principalId": "nobody"},
        {"permissioned": "node://a b", "principalId": ""},
    ]
    for each in await rights.asked(client, *({**entry, "permissionId": "READ"} for entry in entries)):
        assert each.pop("message")
        assert each == {"hasPermission": False}
    answer = await client.call("POST", "/access/lookup", json={"entries": entries[:-1]})
    for each in answer.body["entries"]:
        assert (each["authorities"], each["permissions"]) == ([], [])
        assert each["message"]


async def test_a_resource_that_is_described_is_not_what_it_says_it_is(client: Client, ann: str) -> None:
    """Nobody has rights on one thing for what another was said to be under its reference."""
    reference = f"node://{client.account}/r/b/n"
    made_up = {"reference": reference, "type": "platform"}
    entry = {"principalId": ann, "permissionId": "CONNECT"}
    (first,) = await rights.asked(client, {"resource": made_up, **entry})
    (second,) = await rights.asked(client, {"permissioned": reference, **entry})
    assert (first, second) == ({"hasPermission": False}, {"hasPermission": False})


ENTRY = {"permissioned": "node://a/b", "principalId": "ann", "permissionId": "READ"}
WRONG = [
    ([{"principalId": "ann", "permissionId": "READ"}], "/entries/0"),
    ([ENTRY | {"resource": {"type": "node"}}], "/entries/0"),
    ([ENTRY | {"authorityId": "editor"}], "/entries/0"),
    ([ENTRY, {"permissioned": "node://a/b", "principalId": "ann"}], "/entries/1"),
    ([ENTRY | {"permissioned": 1}], "/entries/0/permissioned"),
    (
        [{"resource": {"type": "node", "pth": "/a"}, "principalId": "a", "permissionId": "READ"}],
        "/entries/0/resource",
    ),
    ([{"resource": {}, "principalId": "a", "permissionId": "READ"}], "/entries/0/resource"),
    (
        [{"resource": {"type": "node", "path": 1}, "principalId": "a", "permissionId": "R"}],
        "/entries/0/resource/path",
    ),
    ([ENTRY] * 10_001, "/entries"),
    ("x", "/entries"),
]


@pytest.mark.parametrize(("entries", "pointer"), WRONG)
async def test_what_is_no_question_is_refused_with_where_it_stands(
    client: Client, entries: Any, pointer: str
) -> None:
    answer = await client.call("POST", "/access/check", json={"entries": entries})
    assert pointers(answer) == [pointer]


async def collected(client: Client, whom: str, *references: str) -> Answer:
    return await client.call(
        "POST", "/access/policies/collect", json={"userId": whom, "references": references}
    )


async def test_policies_in_force_are_collected_in_the_order_in_which_they_count(
    client: Client, ann: str
) -> None:
    user, staff = await ref(client, "user", ann), await people.group(client, "staff")
    await people.join(client, staff, ann)
    last = await holding(client, user, order=100, title="last")
    by_group = await holding(client, await ref(client, "group", staff), order="7", title="by group")
    first = await holding(client, user, title="first")
    in_projects = await holding(client, user, scope="project", order=50, title="in projects")
    await holding(client, await ref(client, "user", await people.user(client, "bob")), title="of another")
    await holdings.assigned(client, "project-user", user)
    node, project = "node://p/r/b/n", f"PROJECT://{client.account}/p1".lower()
    answer = await collected(client, f"default/{ann}", node, project)
    found = answer.body["references"]
    assert list(found) == [node, project]
    assert [each["_doc"] for each in found[node]] == [first, by_group, last, "project-user"]
    assert [each["_doc"] for each in found[project]] == [first, by_group, in_projects, last, "project-user"]
    assert (found[node][1]["title"], found[node][1]["order"]) == ("by group", "7")
    assert found[node][0]["_system"]["created_by"] == "test"
    assert (await collected(client, "bob", node)).body["references"][node][0]["title"] == "of another"


async def test_policies_of_nobody_or_on_nothing_are_not_collected(client: Client, ann: str) -> None:
    assert refusal(await collected(client, "nobody", "node://p/n"), 404)
    assert refusal(await collected(client, "", "node://p/n"), 400)
    assert refusal(await collected(client, ann, f"accessPolicy://{client.account}/{holdings.ABSENT}"), 404)
    assert (await collected(client, ann)).body == {"references": {}}
    assert pointers(await client.call("POST", "/access/policies/collect", json={"references": []})) == [""]


async def test_references_are_read(client: Client, ann: str) -> None:
    staff, policy = await people.group(client, "staff"), await holdings.made(client, title="P")
    resource = await rights.registered(client, type="report", id="r1", properties={"a": 1})
    team = (await client.call("POST", "/stacks/s/teams", params={"key": "t"}, json={})).body["_doc"]
    paths = {
        await ref(client, "user", ann): f"/domains/default/principals/{ann}",
        await ref(client, "group", staff): f"/domains/default/principals/{staff}",
        f"accesspolicy://{client.account}/{policy}": f"/access/policies/{policy}",
        f"accessPolicy://{client.account}/project-user": "/access/policies/system/project-user",
        f"report://{client.account}/r1": f"/access/resources/{resource}",
        f"team://stack/{client.account}/s/{team}": f"/stacks/s/teams/{team}",
        f"platform://{client.account}": "/",
        await ref(client, "group", "everyone"): "/domains/default/principals/everyone",
    }
    absent = [f"accessPolicy://{client.account}/{holdings.ABSENT}", "node://a/b/c/d", "no reference"]
    entries = [{"ref": each} for each in [*paths, *absent]]
    answer = await client.call("POST", "/ref/read", json={"entries": entries})
    found = answer.body["entries"]
    assert [{"ref": each["ref"]} for each in found] == entries
    for each in found[: len(paths)]:
        assert each["entry"] == (await client.call("GET", paths[each["ref"]])).body, each
    assert [each["entry"] for each in found[len(paths) :]] == [None] * len(absent)
