"""Who holds which policy: by any way to say who, as often as one likes, until it is taken back."""

import re
from typing import NamedTuple
from urllib.parse import quote

import pytest

from tests.gateway.cloudcms.holdings import (
    ABSENT,
    PATH,
    assign,
    assigned,
    changes,
    held,
    made,
    refusal,
    rows,
    targets,
)
from tests.stack import Client, Service, account_id

GROUP, TEAM, INNER = "a0000000000000000001", "b0000000000000000001", "b0000000000000000002"
PLACES = [(TEAM, "platform", "", "Owners"), (INNER, "project", "p1", "editors")]


class World(NamedTuple):
    """An account with a user, a group `staff`, a team of the platform and one of the project `p1`."""

    client: Client
    user: str

    def reference(self, kind: str) -> str:
        platform = self.client.account
        return {
            "user": f"user://{platform}/default/{self.user}",
            "group": f"group://{platform}/default/{GROUP}",
            "team": f"team://platform/{platform}/{TEAM}",
            "inner": f"team://project/{platform}/p1/{INNER}",
        }[kind]


@pytest.fixture
async def world(client: Client, service: Service) -> World:
    await client.imported(b'{"email":"ann@a.example","name":"Ann","groups":["staff"]}\n')
    (user,) = (await client.call("GET", "{a}/access/users")).result
    connection, account = await service.connect(), account_id(client)
    await connection.execute("DELETE FROM directory_group WHERE account_id = $1 AND name = 'staff'", account)
    await connection.execute(
        "INSERT INTO directory_group VALUES ($1, $2, 'staff', '{}', now(), 'x', now(), 'x')", account, GROUP
    )
    for team_id, kind, container, key in PLACES:
        await connection.execute(
            "INSERT INTO team VALUES ($1, $2, $3, $4, $5, $6, '{}', $7, now(), 'x', now(), 'x')",
            *(account, team_id, kind, container, key, GROUP, b'{"title":"The %s"}' % key.encode()),
        )
    await connection.close()
    return World(client, user["id"])


def spellings(world: World) -> dict[str, list[str]]:
    """The ways to say who, by whom they mean."""
    platform = world.client.account
    user, group = world.reference("user"), world.reference("group")
    return {
        "user": [
            *(user, user.upper(), user.replace("default", "primary"), quote(user, safe="")),
            *(quote(user, safe=":"), world.user, world.user.upper(), f"default/{world.user}"),
            *("ann@a.example", "default/ann@a.example", "primary/ann@a.example"),
        ],
        "group": [group, group.upper(), GROUP, f"default/{GROUP}", "staff", "default/staff"],
        "team": [
            *(world.reference("team"), world.reference("team").upper()),
            *(f"team://platform/{platform}/Owners", f"TEAM://PLATFORM/{platform}/owners"),
        ],
        "inner": [
            *(world.reference("inner"), world.reference("inner").upper()),
            *(f"team://project/{platform}/P1/editors", f"team://project/{platform}/p1/EDITORS"),
        ],
    }


@pytest.mark.parametrize("kind", ["user", "group", "team", "inner"])
async def test_each_way_to_say_who_means_the_same(world: World, kind: str) -> None:
    for ref in spellings(world)[kind]:
        policy_id = await made(world.client)
        await assigned(world.client, policy_id, ref)
        (row,) = await targets(world.client, policy_id)
        assert row["ref"] == world.reference(kind), ref
        assert policy_id in await held(world.client, ref)
        assert (await assign(world.client, policy_id, ref, "unassign")).status == 200
        assert await targets(world.client, policy_id) == []


async def test_everyone_is_a_group_that_is_always_there(client: Client) -> None:
    policy_id = await made(client)
    for ref in ("everyone", "default/everyone", f"group://{client.account}/default/everyone"):
        await assigned(client, policy_id, ref)
    (row,) = await targets(client, policy_id)
    assert row == {
        "_doc": "everyone",
        "type": "group",
        "ref": f"group://{client.account}/default/everyone",
        "name": "everyone",
    }


async def test_targets_say_who_in_the_order_of_assignment(world: World) -> None:
    policy_id = await made(world.client)
    for kind in ("team", "user", "inner", "group"):
        await assigned(world.client, policy_id, world.reference(kind))
    expected = [
        (TEAM, "team", "The Owners"),
        (world.user, "user", "ann@a.example"),
        (INNER, "team", "The editors"),
        (GROUP, "group", "staff"),
    ]
    found = await targets(world.client, policy_id)
    assert [(row["_doc"], row["type"], row.get("name") or row["title"]) for row in found] == expected
    assert found[1:3] == await targets(world.client, policy_id, skip=1, limit=2)
    by_type = await targets(world.client, policy_id, sort='{"type":1,"title":-1}', limit=3)
    assert [row["_doc"] for row in by_type] == [GROUP, INNER, TEAM]
    answer = await world.client.call("GET", f"{PATH}/{policy_id}/targets?skip=1&limit=1")
    assert (answer.body["total_rows"], answer.body["offset"]) == (4, 1)


async def test_holding_twice_is_holding_once_and_not_holding_is_no_fault(world: World) -> None:
    policy_id = await made(world.client)
    for _ in range(2):
        await assigned(world.client, policy_id, "staff")
    assert await held(world.client, "staff") == [policy_id]
    for _ in range(2):
        assert (await assign(world.client, policy_id, "staff", "unassign")).body == {"ok": True}
    assert await held(world.client, "staff") == []
    document = {"holder": {"type": "group", "id": GROUP}, "policies": [policy_id]}
    assert await changes(world.client, "assignment") == [
        ("create", policy_id, document),
        ("delete", policy_id, document),
    ]


async def test_find_has_what_is_held_directly_and_not_what_a_group_brings(world: World) -> None:
    own, theirs = await made(world.client, title="own"), await made(world.client, title="theirs")
    await assigned(world.client, own, "ann@a.example")
    await assigned(world.client, theirs, "staff")
    assert await held(world.client, "ann@a.example") == [own]
    assert await held(world.client, "staff") == [theirs]


async def test_find_has_what_groups_and_teams_bring_if_that_is_asked_for(world: World) -> None:
    client = world.client
    own, theirs, teams, all_of_us = [await made(client, title=title) for title in ("own", "g", "t", "e")]
    for policy_id, ref in (
        (teams, world.reference("inner")),
        (all_of_us, "everyone"),
        (theirs, "staff"),
        (own, "ann@a.example"),
    ):
        await assigned(client, policy_id, ref)
    found = await held(client, "ann@a.example", inherited="true")
    assert found[0] == own
    assert sorted(found) == sorted([own, theirs, teams, all_of_us])
    assert set(await held(client, "staff", inherited="true")) >= {theirs, teams}
    assert await held(client, world.reference("inner"), inherited="true") == [teams]
    assert await held(client, "ann@a.example", inherited="true", skip=1, limit=2) == found[1:3]
    answer = await client.call("POST", f"{PATH}/find?ref=staff&inherited=perhaps")
    refusal(answer, 400)


async def test_find_has_system_policies_too(world: World) -> None:
    for key in ("project-user", "project-connector"):
        await assigned(world.client, key, world.reference("team"))
    await assigned(world.client, await made(world.client, title="own"), world.reference("team"))
    params = {"ref": world.reference("team")}
    found = rows(await world.client.call("POST", f"{PATH}/find", params=params))
    assert [row["title"] for row in found] == ["Project User", "Project Connector", "own"]
    assert [row["_doc"] for row in await targets(world.client, "project-user")] == [TEAM]
    assert (await assign(world.client, "project-user", params["ref"], "unassign")).status == 200
    assert len(await held(world.client, params["ref"])) == 2


async def test_find_can_be_of_one_scope_sorted_and_paged(world: World) -> None:
    made_of = [("a", {"scope": "project"}), ("b", {}), ("c", {"scope": "platform"})]
    ids = {title: await made(world.client, title=title, **scope) for title, scope in made_of}
    for each in ids.values():
        await assigned(world.client, each, "staff")
    assert await held(world.client, "staff") == list(ids.values())
    assert await held(world.client, "staff", scope="project") == [ids["a"]]
    assert await held(world.client, "staff", scope="platform") == [ids["b"], ids["c"]]
    assert await held(world.client, "staff", scope="") == list(ids.values())
    assert await held(world.client, "staff", sort='{"title":-1}', limit=2) == [ids["c"], ids["b"]]
    assert await held(world.client, "staff", skip=1, limit=1) == [ids["b"]]
    answer = await world.client.call("POST", f"{PATH}/find", params={"ref": "staff", "scope": "galaxy"})
    assert "`platform` or `project`" in refusal(answer, 400)


async def test_all_that_somebody_holds_is_taken_at_once(world: World) -> None:
    kept = await made(world.client)
    await assigned(world.client, kept, "everyone")
    for policy_id in (kept, await made(world.client), "project-user"):
        await assigned(world.client, policy_id, "staff")
    for _ in range(2):
        answer = await world.client.call("POST", f"{PATH}/unassignall", params={"ref": "staff"}, json={})
        assert (answer.status, answer.body) == (200, {"ok": True})
        assert await held(world.client, "staff") == []
    assert await held(world.client, "everyone") == [kept]
    (ended,) = [each for each in await changes(world.client, "assignment") if each[0] == "delete"]
    assert (ended[1], ended[2]["holder"]["id"], len(ended[2]["policies"])) == (GROUP, GROUP, 3)


ENDPOINTS = ["/{id}/assign", "/{id}/unassign", "/unassignall", "/find"]
NOBODY = [
    "nobody",
    "default/nobody",
    "other/everyone",
    ABSENT,
    "user://{platform}/default/00000000-0000-4000-8000-000000000000",
    "group://{platform}/default/nobody",
    "user://00000000000000000000000000000000/default/everyone",
    "group://{platform}/other/everyone",
    "team://platform/{platform}/nobody",
    "team://project/{platform}/p9/editors",
    "team://platform/00000000000000000000000000000000/owners",
    "%",
    "\U0001f600",
    "' OR 1=1 --",
]
MALFORMED = [
    "",
    "x" * 1025,
    "a\0b",
    "user://",
    "user://{platform}",
    "user://{platform}/default",
    "user://{platform}/default/a/b",
    "group://{platform}//everyone",
    "user://{platform}/default/a b",
    "team://{platform}",
    "team://platform/{platform}",
    "team://project/{platform}/editors",
    "team://platform/{platform}/a/b",
    "node://{platform}/r/b/n",
    "accessPolicy://{platform}/x",
    "user%3A%2F%2F{platform}",
]


@pytest.mark.parametrize("path", ENDPOINTS)
async def test_who_is_not_there_is_not_found_and_what_means_nobody_is_refused(
    client: Client, path: str
) -> None:
    where = PATH + path.replace("{id}", await made(client))
    for wanted, refs in ((404, NOBODY), (400, MALFORMED)):
        for ref in refs:
            params = {"ref": ref.replace("{platform}", client.account)}
            message = refusal(await client.call("POST", where, params=params, json={}), wanted)
            assert wanted == 400 or "does not exist" in message, ref
    assert "`ref` is needed" in refusal(await client.call("POST", where, json={}), 400)


async def test_a_policy_that_is_not_there_is_held_by_nobody(client: Client) -> None:
    for word in ("assign", "unassign"):
        assert re.match("access policy", refusal(await assign(client, ABSENT, "everyone", word), 404))
    refusal(await client.call("GET", f"{PATH}/{ABSENT}/targets"), 404)


async def test_another_accounts_holders_are_as_absent(world: World, service: Service) -> None:
    other = await service.tenant()
    policy_id = await made(other)
    for kind in ("user", "group", "team", "inner"):
        refusal(await assign(other, policy_id, world.reference(kind)), 404)
        bare = world.reference(kind).rpartition("/")[2]
        refusal(await assign(other, policy_id, bare), 404)
