"""A write that changes nothing leaves the entitlements as they are, so that nobody reads them again."""

from typing import Any

import pytest

from tests.gateway.cloudcms import holdings, people, rights
from tests.gateway.cloudcms.people import PRINCIPALS
from tests.stack import Client, Service, account_id

POLICY = {"title": "p", "statements": [holdings.grant()]}


async def version(service: Service, client: Client) -> int:
    connection = await service.connect()
    query = "SELECT version FROM entitlement WHERE account_id = $1"
    found = await connection.fetchval(query, account_id(client))
    await connection.close()
    return found


@pytest.fixture
async def settled(client: Client) -> dict[str, str]:
    """A policy that a group holds, which has one of two others as a member; a team."""
    staff, crew = await people.group(client, "staff"), await people.group(client, "crew")
    await people.join(client, staff, crew)
    policy = await holdings.made(client, **POLICY)
    await holdings.assigned(client, policy, "staff")
    await rights.granted(client, "", staff, "consumer")
    team = await client.call("POST", "/teams", params={"key": "t"}, json={"roleKeys": ["editor"]})
    assert team.status == 200
    return {"policy": policy, "staff": staff, "crew": crew}


NOTHING: list[tuple[str, str, dict[str, str], Any]] = [
    ("POST", "/access/policies/{policy}/assign", {"ref": "staff"}, {}),
    ("POST", "/access/policies/{policy}/unassign", {"ref": "crew"}, {}),
    ("POST", "/access/policies/unassignall", {"ref": "crew"}, {}),
    ("PUT", "/access/policies/{policy}", {}, POLICY),
    ("POST", "/authorities/consumer/grant", {"id": "staff"}, {}),
    ("POST", "/authorities/consumer/revoke", {"id": "crew"}, {}),
    ("POST", "/authorities/all/revoke", {"id": "crew"}, {}),
    ("POST", PRINCIPALS + "/{staff}/members/add", {"id": "crew"}, {}),
    ("POST", PRINCIPALS + "/{crew}/members/remove", {"id": "staff"}, {}),
    ("PUT", PRINCIPALS + "/{staff}", {}, {}),
    ("PUT", "/teams/t", {}, {}),
    ("POST", "/teams/t/authorities/editor/grant", {}, {}),
    ("POST", "/teams/t/authorities/owner/revoke", {}, {}),
    ("POST", "/teams/t/members/remove", {"id": "crew"}, {}),
]


async def test_what_changes_nothing_makes_no_version(
    service: Service, client: Client, settled: dict[str, str]
) -> None:
    before = await version(service, client)
    for method, path, query, body in NOTHING:
        answer = await client.call(method, path.format(**settled), params=query, json=body)
        assert (answer.status, answer.body) == (200, {"ok": True}), path
        assert await version(service, client) == before, path
    await rights.revoked(client, "", "staff", "consumer")
    assert await version(service, client) == before + 1
