"""Groups: made here or by records that name them, deleted with all that they hold."""

import json
from uuid import UUID

import pytest

from tests.gateway.cloudcms.people import PRINCIPALS, found, group, join, names, read, user
from tests.stack import Client, Service

COUNTS = """
    SELECT (SELECT count(*) FROM authority_grant WHERE account_id = $1),
        (SELECT count(*) FROM assignment WHERE account_id = $1),
        (SELECT count(*) FROM group_nesting WHERE account_id = $1),
        (SELECT version FROM entitlement WHERE account_id = $1)
"""
GRANT = """
    INSERT INTO authority_grant (account_id, grant_id, permissioned, holder_kind, holder_id, role, created_at)
    VALUES ($1, $2, $3, $4, $5, 'consumer', now())
"""
ASSIGN = """
    INSERT INTO assignment (account_id, policy_id, holder_kind, holder_id, created_at)
    VALUES ($1, 'project-user', $2, $3, now())
"""


async def holding(service: Service, client: Client, kind: str, principal: str) -> None:
    """Let a principal hold an assignment and a grant, and another user hold a grant on it."""
    connection, account = await service.connect(), UUID(client.account)
    try:
        await connection.execute(ASSIGN, account, kind, principal)
        await connection.execute(GRANT, account, "g1", "project://a/b", kind, principal)
        reference = f"{kind}://{account.hex}/default/{principal}"
        await connection.execute(GRANT, account, "g2", reference, "user", "another")
    finally:
        await connection.close()


async def counted(service: Service, client: Client) -> list[int]:
    connection = await service.connect()
    try:
        return [number or 0 for number in await connection.fetchrow(COUNTS, UUID(client.account))]
    finally:
        await connection.close()


async def test_a_group_is_created_and_read(client: Client) -> None:
    staff = await group(client, "Staff & co", title="All of us", x={"y": 1})
    for called in (staff, "Staff & co"):
        shown = (await read(client, called)).body
        assert shown.pop("_system")["created_by"] == "test"
        assert shown == {
            "_doc": staff,
            "type": "GROUP",
            "name": "Staff & co",
            "title": "All of us",
            "x": {"y": 1},
            "domainId": "default",
            "domainQualifiedId": f"default/{staff}",
            "domainQualifiedName": "default/Staff & co",
        }


async def test_a_group_of_a_record_is_there_at_once(client: Client) -> None:
    await client.imported('{"email": "ann@acme.example", "groups": ["eng/back", "#1", "eng/back"]}\n')
    rows = (await found(client, {"type": "GROUP"})).body["rows"]
    assert sorted(row["name"] for row in rows) == ["#1", "eng/back"]
    assert {row["_system"]["created_by"] for row in rows} == {"directory"}
    for row in rows:
        assert await names(client, f"/{row['_doc']}/members") == ["ann@acme.example"]
    assert sorted(await names(client, "/ann@acme.example/memberships")) == ["#1", "eng/back"]


async def test_a_change_replaces_what_a_client_said(client: Client) -> None:
    staff = await group(client, "staff", x=1)
    shown = (await read(client, staff)).body
    answer = await client.call("PUT", f"{PRINCIPALS}/{staff}", json={**shown, "x": 2, "y": 3})
    assert answer.body == {"ok": True}
    assert {**(await read(client, staff)).body, "_system": 0} == {**shown, "x": 2, "y": 3, "_system": 0}


async def test_a_group_keeps_its_name(client: Client) -> None:
    staff = await group(client, "staff")
    answer = await client.call("PUT", f"{PRINCIPALS}/{staff}", json={"name": "crew"})
    assert (answer.status, "keeps its name" in answer.body["message"]) == (409, True)


@pytest.mark.parametrize("taken", ["staff", "ann", "everyone", "ann@no-address.invalid"])
async def test_a_name_that_is_anothers_is_refused(client: Client, taken: str) -> None:
    await group(client, "staff")
    await user(client, "ann")
    assert (await client.call("POST", PRINCIPALS, json={"type": "group", "name": taken})).status == 409


async def test_names_of_groups_differ_by_case(client: Client) -> None:
    assert await group(client, "staff") != await group(client, "Staff")


async def test_a_deleted_group_is_gone_and_leaves_nothing(service: Service, client: Client) -> None:
    ann, staff = await user(client, "ann"), await group(client, "staff")
    other = await group(client, "other")
    for each in (staff, other):
        await join(client, each, ann)
    await join(client, other, staff)
    await holding(service, client, "group", staff)
    *_, version = await counted(service, client)
    assert (await client.call("DELETE", f"{PRINCIPALS}/staff")).body == {"ok": True}
    assert (await read(client, staff)).status == 404
    assert await names(client, "/ann/memberships") == ["other"]
    assert await names(client, "/other/members") == ["ann"]
    *left, now = await counted(service, client)
    assert (left, now > version) == ([0, 0, 0], True)


async def test_a_deleted_user_leaves_nothing(service: Service, client: Client) -> None:
    ann = await user(client, "ann")
    await holding(service, client, "user", ann)
    *_, version = await counted(service, client)
    await client.call("POST", f"{PRINCIPALS}/{ann}/delete")
    *left, now = await counted(service, client)
    assert (left, now > version) == ([0, 0, 0], True)


async def test_a_group_with_too_many_members_stays(client: Client) -> None:
    lines = [json.dumps({"email": f"u{n}@acme.example", "groups": ["all"]}) for n in range(10_001)]
    await client.imported("\n".join(lines))
    answer = await client.call("DELETE", f"{PRINCIPALS}/all")
    assert (answer.status, "10001 users" in answer.body["message"]) == (409, True)
    await client.call("DELETE", f"{PRINCIPALS}/u7@acme.example")
    assert (await client.call("DELETE", f"{PRINCIPALS}/all")).status == 200
    assert await names(client, "/u8@acme.example/memberships") == []


async def test_a_group_of_a_team_stays(service: Service, client: Client) -> None:
    staff = await group(client, "staff")
    connection = await service.connect()
    team = "INSERT INTO team VALUES ($1, 't', 'platform', '', 'k', $2, '{}', '{}', now(), '', now(), '')"
    await connection.execute(team, UUID(client.account), staff)
    await connection.close()
    answer = await client.call("DELETE", f"{PRINCIPALS}/{staff}")
    assert (answer.status, "team `t`" in answer.body["message"]) == (409, True)


async def test_the_group_of_all_is_read_and_never_changed(client: Client) -> None:
    ann, staff = await user(client, "ann"), await group(client, "staff")
    shown = (await read(client, "everyone")).body
    assert (shown["_doc"], shown["type"], shown["name"]) == ("everyone", "GROUP", "everyone")
    assert await names(client, "/everyone/members") == ["ann"]
    for method, path, params in (
        ("PUT", "/everyone", {}),
        ("DELETE", "/everyone", {}),
        ("POST", "/everyone/members/add", {"id": ann}),
        ("POST", "/everyone/members/remove", {"id": ann}),
        ("POST", f"/{staff}/members/add", {"id": "everyone"}),
    ):
        answer = await client.call(method, PRINCIPALS + path, params=params, json={})
        assert (answer.status, "has all users" in answer.body["message"]) == (409, True)
    assert "everyone" not in await names(client, "")
