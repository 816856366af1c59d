"""Reports: all grants of some principals on something, those that come by groups too."""

import pytest

from tests.gateway.cloudcms import holdings, people, rights
from tests.gateway.cloudcms.holdings import refusal
from tests.stack import Client


@pytest.fixture
async def policy_id(client: Client) -> str:
    return await holdings.made(client)


def roles(grants: dict[str, dict[str, str]]) -> list[str]:
    return sorted(each["role-key"] for each in grants.values())


async def test_each_principal_is_reported_under_the_name_that_was_sent(
    client: Client, policy_id: str
) -> None:
    ann = await people.user(client, "ann")
    policy = f"/access/policies/{policy_id}"
    await rights.granted(client, policy, ann, "consumer")
    sent = [ann, f"default/{ann}", "ann", "default/ann", f"user://{client.account}/default/{ann}".lower()]
    found = await rights.report(client, policy, *sent)
    assert list(found) == sent
    ((grant_id, grant),) = found[ann].items()
    assert grant == {"role-key": "consumer", "principal": ann, "permissioned": policy_id}
    assert len(grant_id) == 20
    assert all(each == found[ann] for each in found.values())


async def test_grants_of_groups_are_inherited_at_any_depth(client: Client, policy_id: str) -> None:
    ann = await people.user(client, "ann")
    inner, outer = await people.group(client, "inner"), await people.group(client, "outer")
    await people.join(client, inner, ann)
    await people.join(client, outer, inner)
    policy = f"/access/policies/{policy_id}"
    await rights.granted(client, policy, ann, "consumer")
    await rights.granted(client, policy, outer, "editor")
    found = await rights.report(client, policy, "ann", "inner", "outer")
    assert {name: roles(grants) for name, grants in found.items()} == {
        "ann": ["consumer", "editor"],
        "inner": ["editor"],
        "outer": ["editor"],
    }
    (inherited,) = ({id_: each} for id_, each in found["ann"].items() if "inheritsFrom" in each)
    ((grant_id, grant),) = inherited.items()
    assert grant["principal"] == outer
    assert grant["inheritsFrom"] == {"id": grant_id, "principal": outer, "permissioned": policy_id}
    assert "inheritsFrom" not in found["outer"][grant_id]
    await rights.revoked(client, policy, ann, "consumer")
    assert roles((await rights.report(client, policy, "ann"))["ann"]) == ["editor"]


async def test_a_principal_without_grants_is_there_with_none(client: Client, policy_id: str) -> None:
    await people.user(client, "ann")
    assert await rights.report(client, f"/access/policies/{policy_id}", "ann") == {"ann": {}}
    assert await rights.report(client, f"/access/policies/{policy_id}") == {}
    empty = await client.call("POST", f"/access/policies/{policy_id}/authorities")
    assert empty.body == {}


async def test_what_stands_anyway_is_reported_too(client: Client) -> None:
    ann = await people.user(client, "ann")
    found = await rights.report(client, f"/domains/default/principals/{ann}", ann)
    assert roles(found[ann]) == ["consumer", "manager"]


async def test_a_principal_that_does_not_exist_is_refused(client: Client, policy_id: str) -> None:
    await people.user(client, "ann")
    path = f"/access/policies/{policy_id}/authorities"
    answer = await client.call("POST", path, json={"principals": ["ann", "nobody"]})
    assert "`nobody`" in refusal(answer, 404)


@pytest.mark.parametrize("principals", ["ann", {"a": 1}, [1], ["x"] * 10_001])
async def test_what_is_no_list_of_principals_is_refused(
    client: Client, policy_id: str, principals: object
) -> None:
    path = f"/access/policies/{policy_id}/authorities"
    answer = await client.call("POST", path, json={"principals": principals})
    assert refusal(answer, 400)
    assert answer.body["faults"][0]["pointer"].startswith("/principals")
