"""Who is in a group, directly and by groups in it, and how one gets in and out."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.gateway.cloudcms.principals.membership_checks import Known, checked
from services.gateway.cloudcms.principals.memberships import DEPTH_LIMIT
from shared.policy.entitlement.estate import Holder
from shared.store.principals import Found
from shared.wire.faults import Faulty
from tests.effort import within
from tests.gateway.cloudcms.people import PRINCIPALS, group, join, leave, names, user
from tests.gateway.users import USERS
from tests.stack import Client, Service

CHECK = f"{PRINCIPALS}/membership/check"


@pytest.fixture
async def nested(client: Client) -> Client:
    """ann in inner, bo in outer, which has inner as a member; cy in none."""
    ids = {name: await user(client, name) for name in ("ann", "bo", "cy")}
    inner, outer = await group(client, "inner"), await group(client, "outer")
    for into, member in ((inner, ids["ann"]), (outer, ids["bo"]), (outer, inner)):
        assert (await join(client, into, member)).body == {"ok": True}
    return client


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/outer/members", {}, ["inner", "bo"]),
        ("/outer/members", {"indirect": "true"}, ["inner", "ann", "bo"]),
        ("/outer/members", {"filter": "user", "indirect": "true"}, ["ann", "bo"]),
        ("/outer/members", {"filter": "user"}, ["bo"]),
        ("/outer/members", {"filter": "group"}, ["inner"]),
        ("/outer/members", {"type": "USER"}, ["bo"]),
        ("/outer/members", {"filter": "all", "skip": "1", "limit": "1"}, ["bo"]),
        ("/outer/members", {"indirect": "true", "sort": '{"name": -1}'}, ["inner", "bo", "ann"]),
        ("/inner/members", {"indirect": "true"}, ["ann"]),
        ("/ann/memberships", {}, ["inner"]),
        ("/ann/memberships", {"indirect": "true"}, ["inner", "outer"]),
        ("/bo/memberships", {"indirect": "true"}, ["outer"]),
        ("/cy/memberships", {"indirect": "true"}, []),
        ("/inner/memberships", {}, ["outer"]),
        ("/outer/memberships", {"indirect": "true"}, []),
    ],
)
async def test_members_and_memberships(
    nested: Client, path: str, query: dict[str, str], expected: list[str]
) -> None:
    assert await names(nested, path, **query) == expected


@pytest.mark.parametrize(
    "form",
    [
        "{id}",
        "{name}",
        "default/{id}",
        "primary/{name}",
        "Default/{ID}",
        "user://{account}/default/{id}",
        "USER://{ACCOUNT}/DEFAULT/{ID}",
        "ann@acme.example",
        "default/ANN",
    ],
)
async def test_a_member_is_named_in_every_way(client: Client, form: str) -> None:
    ann, staff = await user(client, "ann", email="ann@acme.example"), await group(client, "staff")
    account = client.account
    parts = {"id": ann, "ID": ann.upper(), "name": "ann", "account": account, "ACCOUNT": account.upper()}
    assert (await join(client, staff, form.format(**parts))).status == 200
    assert await names(client, f"/{staff}/members") == ["ann"]


async def test_to_join_or_leave_twice_is_fine(service: Service, client: Client) -> None:
    ann, staff, crew = await user(client, "ann"), await group(client, "staff"), await group(client, "crew")
    for member in (ann, crew):
        for change in (leave, join, join, leave, leave):
            assert (await change(client, staff, f"default/{member}")).body == {"ok": True}
            assert (len(await names(client, f"/{staff}/members")) == 1) == (change is join)
    connection = await service.connect()
    query = "SELECT count(*) FROM audit_entry WHERE account_id = $1 AND subject_id = $2"
    assert await connection.fetchval(query, UUID(client.account), staff) == 5
    await connection.close()


async def test_what_a_member_joined_stands_in_the_directory(client: Client) -> None:
    ann, staff = await user(client, "ann"), await group(client, "staff")
    await join(client, staff, ann)
    await client.call("PUT", f"{USERS}/{ann}", json={"name": "Ann"})
    assert await names(client, "/ann/memberships") == ["staff"]
    await client.call("DELETE", f"{USERS}/{ann}")
    assert await names(client, "/staff/members") == []


async def test_a_nesting_that_comes_back_is_refused_with_its_way(nested: Client) -> None:
    top = await group(nested, "top")
    assert (await join(nested, top, "outer")).status == 200
    answer = await join(nested, "inner", "top")
    assert answer.status == 409
    assert "`inner` → `top` → `outer` → `inner`" in answer.body["message"]
    answer = await join(nested, "inner", "inner")
    assert (answer.status, "`inner` → `inner`" in answer.body["message"]) == (409, True)


async def test_groups_are_nested_so_deep_and_no_deeper(client: Client) -> None:
    for number in range(DEPTH_LIMIT + 1):
        await group(client, f"g{number}")
    for number in range(1, DEPTH_LIMIT):
        assert (await join(client, f"g{number}", f"g{number - 1}")).status == 200
    for above, below in ((DEPTH_LIMIT, DEPTH_LIMIT - 1), (0, DEPTH_LIMIT)):
        answer = await join(client, f"g{above}", f"g{below}")
        assert (answer.status, f"at most {DEPTH_LIMIT} deep" in answer.body["message"]) == (409, True)
    assert (await join(client, f"g{DEPTH_LIMIT}", "g30")).status == 200


def test_many_checks_of_one_principal_find_its_groups_once() -> None:
    who = Holder("user", "u")
    above = {f"g{number}": [f"g{number + 1}"] for number in range(2000)}
    found = {"g2000": Found(Holder("group", "g2000"), "g2000", None, ""), "u": Found(who, "u", None, "")}
    check = {"principalId": "u", "groupId": "g2000", "indirect": True}
    with within(0.5):
        answer = checked([check] * 10_000, Known(found, {who: ["g0"]}, above))
    assert msgspec.json.decode(answer["results"])[-1] == {**check, "result": True}


def test_checks_that_take_too_long_are_refused() -> None:
    who = Holder("user", "u")
    found = {"g": Found(Holder("group", "g"), "g", None, ""), "u": Found(who, "u", None, "")}
    with pytest.raises(Faulty, match="take too long"):
        checked([{"principalId": "u", "groupId": "g"}], Known(found, {who: []}, {}), seconds=-1)


async def test_reading_survives_a_cycle(service: Service, nested: Client) -> None:
    connection = await service.connect()
    cycle = """
        INSERT INTO group_nesting SELECT $1, i.group_id, o.group_id FROM directory_group i, directory_group o
        WHERE i.account_id = $1 AND o.account_id = $1 AND i.name = 'inner' AND o.name = 'outer'
    """
    await connection.execute(cycle, UUID(nested.account))
    await connection.close()
    assert await names(nested, "/inner/members", indirect="true") == ["outer", "ann", "bo"]
    assert await names(nested, "/inner/memberships", indirect="true") == ["outer"]
    assert sorted(await names(nested, "/ann/memberships", indirect="true")) == ["inner", "outer"]


@pytest.mark.parametrize(
    ("check", "result"),
    [
        ({"principalId": "ann", "groupId": "inner"}, True),
        ({"principalId": "ann", "groupId": "outer"}, False),
        ({"principalId": "default/ann", "groupId": "default/outer", "indirect": True}, True),
        ({"principalId": "inner", "groupId": "outer"}, True),
        ({"principalId": "cy", "groupId": "everyone"}, True),
        ({"principalId": "cy", "groupId": "outer", "indirect": True}, False),
        ({"principalId": "nobody", "groupId": "outer"}, False),
        ({"principalId": "ann", "groupId": "bo"}, False),
    ],
)
async def test_a_check_says_who_is_in_which_group(nested: Client, check: Any, result: bool) -> None:  # noqa: FBT001
    answer = (await nested.call("POST", CHECK, json={"checks": [check]})).body
    assert answer["results"] == answer["checks"] == [{**check, "result": result}]


@pytest.mark.parametrize("body", [{}, {"checks": 1}, {"checks": [1]}, {"checks": [{"principalId": "ann"}]}])
async def test_a_check_that_lacks_something_is_refused(client: Client, body: Any) -> None:
    assert (await client.call("POST", CHECK, json=body)).status == 400


async def test_a_member_is_asked_for_and_exists(client: Client) -> None:
    ann, staff = await user(client, "ann"), await group(client, "staff")
    path = f"{PRINCIPALS}/{staff}/members/add"
    assert (await client.call("POST", path)).status == 400
    assert (await join(client, staff, "default/nobody")).status == 404
    assert (await join(client, "nothing", ann)).status == 404
    assert (await join(client, ann, staff)).status == 404
    assert (await client.call("GET", f"{PRINCIPALS}/{ann}/members")).status == 404


async def test_members_are_changed_by_who_may_write_the_directory(service: Service, client: Client) -> None:
    reader = await service.tenant(scopes=("entitlements:write",))
    staff, crew = await group(reader, "staff"), await group(reader, "crew")
    assert (await join(reader, staff, crew)).status == 200
    await user(client, "ann")
    assert (await join(reader, staff, "ann")).status == 404
