"""Who of everybody is entitled to something, against the decision about each."""

import pytest

from tests.gateway.cloudcms.holdings import assigned, grant, made
from tests.gateway.cloudcms.people import join
from tests.gateway.entitled import (
    ALL,
    EDITORS,
    EVERYTHING,
    HIDDEN,
    INTERNS,
    PRODUCTS,
    SECRET,
    STAFF,
    TESTS,
    begun,
    decided,
    holders,
    people,
    revoke,
)
from tests.stack import Client, Service


@pytest.fixture
async def client(service: Service) -> Client:
    """Staff reads products, editors edit them, and interns, who are editors, see no secrets."""
    client = await service.tenant(segment_bits=4)
    await client.imported(people())
    assert (await join(client, "editors", "interns")).status == 200
    await assigned(client, await made(client, order=1, statements=[EVERYTHING]), "staff")
    await assigned(client, await made(client, order=2, statements=[grant(roles=("editor",))]), "editors")
    away = revoke(SECRET, roles=("consumer", "editor"))
    await assigned(client, await made(client, order=3, statements=[away]), "interns")
    scoped = await made(client, order=4, scope="project", statements=[grant(roles=("manager",))])
    await assigned(client, scoped, "u1@a.example")
    team = {"roleKeys": ["collaborator"]}
    made_team = (await client.call("POST", "/projects/x/teams", params={"key": "crew"}, json=team)).body[
        "_doc"
    ]
    path = f"/projects/x/teams/{made_team}/members/add"
    assert (await client.call("POST", path, params={"id": "u3@a.example"}, json={})).status == 200
    return client


async def test_everybody_at_once_agrees_with_one_after_another(service: Service, client: Client) -> None:
    for target in (
        PRODUCTS,
        HIDDEN,
        {"type": "node", "path": "/"},
        {"type": "platform"},
        {"type": "user", "id": "1"},
    ):
        for asked in (
            *({"permission": each} for each in ("READ", "update", "MODIFY_PERMISSIONS", "IMPERSONATE")),
            *({"authority": each} for each in ("Consumer", "editor", "manager", "collaborator")),
        ):
            assert await holders(client, target, **asked) == await decided(service, client, target, asked)


async def test_each_way_to_a_permission_counts(client: Client) -> None:
    assert await holders(client) == STAFF | EDITORS | {1, 3}
    assert await holders(client, HIDDEN) == ((STAFF | EDITORS) - INTERNS) | {1, 3}
    assert await holders(client, authority="manager") == {1}
    assert await holders(client, authority="collaborator") == {3}
    assert await holders(client, f"platform://{client.account}", permission="CONNECT") == ALL


async def test_what_is_registered_is_found_by_its_reference(client: Client) -> None:
    reference = f"node://{client.account}/n1"
    assert (
        await client.call("POST", "/access/resources", json=HIDDEN | {"reference": reference})
    ).status == 200
    assert await holders(client, reference.upper(), authority="consumer") == STAFF - INTERNS


async def test_a_policy_that_would_be_added_is_held_by_everyone_or_by_whom_it_says(client: Client) -> None:
    later = {"order": 9, "statements": [revoke(roles=("consumer", "editor", "manager", "collaborator"))]}
    assert await holders(client, policies=[later]) == set()
    assert await holders(client, policies=[later | {"assignTo": ["staff"]}]) == (EDITORS | {1, 3}) - STAFF
    assert await holders(client, policies=[later | {"order": 0}]) == STAFF | EDITORS | {1}
    extra = {
        "statements": [grant(roles=("owner",))],
        "assignTo": ["u1@a.example", f"group://{client.account}/default/interns"],
    }
    group_id = (await client.call("GET", "/domains/default/principals/interns")).body["_doc"]
    extra["assignTo"][1] = f"group://{client.account}/default/{group_id}"
    assert await holders(client, authority="owner", policies=[extra]) == {1} | INTERNS


async def test_a_team_can_be_given_a_policy(client: Client) -> None:
    (team,) = (await client.call("GET", "/projects/x/teams")).body["rows"]
    to = [f"team://project/{client.account}/x/{team['_doc']}"]
    owner = {"scope": "project", "statements": [grant(roles=("owner",))], "assignTo": to}
    assert await holders(client, authority="owner", policies=[owner]) == {3}
    assert await holders(client, {"type": "node", "path": "/"}, authority="owner", policies=[owner]) == set()


async def test_a_policy_that_nobody_holds_is_tried_on_everyone(client: Client) -> None:
    kept = await made(client, order=5, statements=[grant(roles=("owner",))])
    assert await holders(client, authority="owner") == set()
    assert await holders(client, authority="owner", policies=[kept]) == ALL
    assert await holders(client, authority="owner", policies=[{"_doc": kept, "assignTo": ["staff"]}]) == STAFF
    await assigned(client, kept, "interns")
    assert await holders(client, authority="owner", policies=[kept]) == INTERNS
    changed = {"_doc": kept, "statements": [grant(roles=("impersonator",))]}
    assert await holders(client, authority="owner", policies=[changed]) == set()
    assert await holders(client, authority="impersonator", policies=[changed]) == INTERNS
    more = {"_doc": kept, "assignTo": ["staff"]}
    assert await holders(client, authority="owner", policies=[more]) == INTERNS | STAFF
    assert await holders(client, authority="owner", policies=[more], replace=True) == STAFF


async def test_policies_can_replace_all_that_are_in_force(client: Client) -> None:
    assert await holders(client, policies=[], replace=True) == {3}
    assert await holders(client, policies=["project-user"], replace=True) == {3}
    reads = {"statements": [EVERYTHING], "assignTo": ["interns"]}
    assert await holders(client, policies=[reads], replace=True) == INTERNS | {3}


async def test_what_was_tested_is_shown(client: Client) -> None:
    kept = {"order": 7, "title": "New", "statements": [revoke(SECRET)], "assignTo": ["staff"]}
    test_id = (await begun(client, HIDDEN, policies=[kept], permission="read")).result["id"]
    shown = (await client.call("GET", f"{TESTS}/{test_id}/policies")).result
    asked = shown["entitlement"]
    assert (shown["policies"], shown["groups"], shown["lists"]) == ([], {}, {})
    assert (asked["permission"], asked["replace"], asked["target"]["paths"]) == (
        "read",
        False,
        ["/products/secret/1"],
    )
    assert [each["document"]["order"] for each in asked["policies"]] == [1, 2, 3, 4, 7]
    last = asked["policies"][-1]
    assert last["document"] == {"order": 7, "title": "New", "statements": [revoke(SECRET)]}
    (staff,) = last["assignedTo"]
    assert (last["id"], last["count"], staff.rpartition("/")[0]) == (
        "~0000",
        1,
        f"group://{client.account}/default",
    )
    await client.ended(test_id)


async def test_what_is_changed_after_the_start_does_not_count(client: Client) -> None:
    kept = await made(client, order=5, statements=[grant(roles=("owner",))])
    await assigned(client, kept, "staff")
    test_id = (await begun(client, authority="owner")).result["id"]
    assert (await client.call("DELETE", f"/access/policies/{kept}")).status == 200
    assert (await client.ended(test_id))["users_approved"] == len(STAFF)
    assert await holders(client, authority="owner") == set()


async def test_the_same_request_again_is_the_same_test(client: Client) -> None:
    headers = {"Idempotency-Key": "once"}
    body = {"entitlement": {"target": PRODUCTS, "permission": "READ"}}
    ids = {(await client.call("POST", TESTS, json=body, headers=headers)).result["id"] for _ in range(2)}
    assert len(ids) == 1
