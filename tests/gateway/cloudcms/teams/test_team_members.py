"""Who is in a team: users and groups, by the group that the team was made with."""

from typing import Any, NamedTuple

import pytest

from shared.store import tokens
from tests.stack import Client, Service, account_id

TEAM = "/stacks/s/teams/a"


class People(NamedTuple):
    """A user, a group with another user in it, and the team that they may be in."""

    ann: str
    ben: str
    staff: str


async def principal(client: Client, **document: str) -> str:
    answer = await client.call("POST", "/domains/primary/principals", json=document)
    assert answer.status == 200, answer
    return answer.body["_doc"]


@pytest.fixture
async def people(client: Client) -> People:
    ann, ben = [await principal(client, type="USER", name=name) for name in ("ann", "ben")]
    staff = await principal(client, type="GROUP", name="staff")
    assert await turned(client, f"/domains/primary/principals/{staff}", "add", ben) == 200
    assert (await client.call("POST", "/stacks/s/teams?key=a", json={})).status == 200
    return People(ann, ben, staff)


async def turned(client: Client, path: str, verb: str, who: str) -> int:
    """The status of making somebody a member, or no longer."""
    answer = await client.call("POST", f"{path}/members/{verb}", params={"id": f"default/{who}"}, json={})
    return answer.status


async def members(client: Client, **query: str) -> list[str]:
    answer = await client.call("GET", f"{TEAM}/members", params=query)
    assert answer.body["total_rows"] == len(answer.body["rows"])
    return sorted(row["name"] for row in answer.body["rows"])


async def belongs(client: Client, who: str) -> Any:
    answer = await client.call("POST", f"{TEAM}/members/check", params={"id": f"default/{who}"}, json={})
    assert answer.status == 200, answer
    return answer.body["belongs"]


async def test_users_and_groups_become_members_and_cease_to_be(client: Client, people: People) -> None:
    assert await members(client) == []
    for who in (people.ann, people.staff, people.ann):
        assert await turned(client, TEAM, "add", who) == 200
    assert await members(client) == ["ann", "staff"]
    assert await members(client, indirect="true") == ["ann", "ben", "staff"]
    assert await members(client, filter="user") == ["ann"]
    for who in (people.ann, people.ann):
        assert await turned(client, TEAM, "remove", who) == 200
    assert await members(client) == ["staff"]


async def test_members_are_those_of_the_teams_group(client: Client, people: People) -> None:
    group = (await client.call("GET", TEAM)).body["groupId"]
    assert await turned(client, f"/domains/primary/principals/{group}", "add", people.ann) == 200
    assert await members(client) == ["ann"]


async def test_somebody_is_in_a_team_by_groups_too(client: Client, people: People) -> None:
    assert [await belongs(client, who) for who in people] == [False, False, False]
    await turned(client, TEAM, "add", people.staff)
    assert [await belongs(client, who) for who in people] == [False, True, True]


async def teams(client: Client, who: str, **query: str) -> list[str]:
    answer = await client.call("GET", f"/domains/primary/principals/{who}/teams", params=query)
    assert answer.status == 200, answer
    return [row["key"] for row in answer.body["rows"]]


async def test_the_teams_of_somebody_are_of_one_place(client: Client, people: People) -> None:
    await client.call("POST", "/teams?key=all", json={})
    await turned(client, "/teams/all", "add", people.ben)
    await turned(client, TEAM, "add", people.staff)
    stack = {"teamableType": "stack", "teamableId": "s"}
    assert await teams(client, people.ben) == ["all"]
    assert await teams(client, people.ben, **stack) == ["a"]
    assert await teams(client, people.ann, **stack) == []
    assert await teams(client, people.ben, **{**stack, "teamableId": "t"}) == []
    answer = await client.call("GET", "/domains/primary/principals/ann/teams?teamableType=cloud&teamableId=x")
    assert answer.status == 404


async def test_a_deleted_team_leaves_its_members_without_it(client: Client, people: People) -> None:
    await turned(client, TEAM, "add", people.ann)
    await turned(client, TEAM, "add", people.staff)
    assert (await client.call("DELETE", TEAM)).status == 200
    for who in people:
        path = f"/domains/primary/principals/{who}/memberships"
        names = [row["name"] for row in (await client.call("GET", path)).body["rows"]]
        assert names == (["staff"] if who == people.ben else [])


@pytest.mark.parametrize("verb", ["add", "remove", "check"])
async def test_nobody_can_be_no_member(client: Client, people: People, verb: str) -> None:  # noqa: ARG001
    assert await turned(client, TEAM, verb, "nobody") == 404
    assert await turned(client, "/stacks/s/teams/b", verb, "ann") == 404
    answer = await client.call("POST", f"{TEAM}/members/{verb}", json={})
    assert (answer.status, "`id`" in answer.body["message"]) == (400, True)


async def issued(service: Service, client: Client, scope: str) -> Client:
    """Another client of an account, of one scope."""
    connection = await service.connect()
    try:
        token = await tokens.create_token(connection, account_id(client), (scope,), "test", None)
    finally:
        await connection.close()
    return Client(client.session, client.url, client.account, token)


async def test_who_may_not_write_users_makes_only_groups_members(service: Service, client: Client) -> None:
    ann = await principal(client, type="USER", name="ann")
    staff = await principal(client, type="GROUP", name="staff")
    limited = await issued(service, client, "entitlements:write")
    assert (await limited.call("POST", "/stacks/s/teams?key=a", json={})).status == 200
    assert await turned(limited, TEAM, "add", staff) == 200
    assert await turned(limited, TEAM, "add", ann) == 403
    await turned(client, TEAM, "add", ann)
    assert (await limited.call("DELETE", TEAM)).status == 403
    assert await members(client) == ["ann", "staff"]
