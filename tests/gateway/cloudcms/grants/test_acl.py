"""Lists of what is granted on something: directly, a row for each principal."""

import pytest

from tests.gateway.cloudcms import holdings, people, rights
from tests.stack import Client


@pytest.fixture
async def policy(client: Client) -> str:
    return f"/access/policies/{await holdings.made(client)}"


async def test_a_user_has_a_row_with_all_that_people_know_it_by(client: Client, policy: str) -> None:
    names = {"firstName": "Ann", "lastName": "Lee"}
    ann = await people.user(client, "ann", email="Ann@a.example", **names)
    await rights.granted(client, policy, ann, "editor", "CONSUMER")
    assert await rights.acl(client, policy) == [
        {
            "_doc": ann,
            "name": "ann",
            "type": "USER",
            "domainId": "default",
            "domainQualifiedId": f"default/{ann}",
            "domainQualifiedName": "default/ann",
            "principalId": ann,
            "userEmail": "Ann@a.example",
            "userFirstName": "Ann",
            "userLastName": "Lee",
            "authorities": ["editor", "consumer"],
        }
    ]


async def test_a_group_has_a_row_and_its_members_none(client: Client, policy: str) -> None:
    ann, staff = await people.user(client, "ann"), await people.group(client, "staff")
    await people.join(client, staff, ann)
    await rights.granted(client, policy, staff, "consumer")
    (row,) = await rights.acl(client, policy)
    assert (row["_doc"], row["type"], row["authorities"]) == (staff, "GROUP", ["consumer"])
    assert "userEmail" not in row
    assert await rights.keys(client, policy, staff) == ["consumer"]
    assert await rights.keys(client, policy, ann) == []


async def test_the_platform_has_everyone_as_connector_to_begin_with(client: Client) -> None:
    (row,) = await rights.acl(client, "")
    assert (row["domainId"], row["name"], row["type"]) == ("default", "everyone", "GROUP")
    assert row["authorities"] == ["connector"]
    await rights.granted(client, "", "everyone", "connector")
    assert await rights.acl(client, "") == [row]
    for number, name in enumerate(("ann", "bob"), 1):
        await people.user(client, name)
        await rights.granted(client, "", f"default/{name}", "collaborator")
        assert len(await rights.acl(client, "")) == 1 + number
    await rights.revoked(client, "", "ann", "collaborator")
    assert len(await rights.acl(client, "")) == 2


async def test_a_user_manages_itself_and_everyone_reads_of_it(client: Client) -> None:
    ann = await people.user(client, "ann")
    rows = await rights.acl(client, f"/domains/default/principals/{ann}")
    assert {row["name"]: row["authorities"] for row in rows} == {"everyone": ["consumer"], "ann": ["manager"]}


@pytest.mark.parametrize("kind", ["platform", "user", "group"])
async def test_no_description_gives_a_resource_what_stands_on_others(client: Client, kind: str) -> None:
    ann = await people.user(client, "ann")
    on = f"/access/resources/{await rights.registered(client, reference='x://y/z', type=kind, id=ann)}"
    assert await rights.acl(client, on) == []
    for whom in (ann, "everyone"):
        assert await rights.keys(client, on, whom) == []
        assert not await rights.may(client, on, whom, "CONNECT")
    assert await rights.report(client, on, ann) == {ann: {}}


async def test_a_part_of_the_list_can_be_asked_for(client: Client, policy: str) -> None:
    for name in "abcde":
        await people.user(client, name)
        await rights.granted(client, policy, name, "consumer")
    answer = await client.call("GET", f"{policy}/acl/list", params={"skip": "1", "limit": "2"})
    assert [row["name"] for row in answer.body["rows"]] == ["b", "c"]
    assert (answer.body["total_rows"], answer.body["offset"], answer.body["size"]) == (5, 1, 2)
    assert len(await rights.acl(client, policy, metadata="true", full="true")) == 5
    assert len(await rights.acl(client, policy, limit="-1")) == 5
