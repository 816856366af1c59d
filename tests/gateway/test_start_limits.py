"""What a start may hold, and what it leads to among what is kept."""

import json
from typing import Any
from uuid import UUID

import pytest

from services.gateway.cloudflare import resolution
from shared.wire.cloudflare.policy_tests import decode_start
from tests.gateway.kept import ABSENT, GROUPS, POLICIES, group, kept, naming
from tests.gateway.rows import ACME, EVERYONE, policy
from tests.stack import Client, Service, account_id

LONG = 900_000
TOKEN: dict[str, Any] = {"linked_app_token": {"app_uid": "x"}}
LIST = {"name": "approvers", "type": "EMAIL", "items": []}
UNKNOWN = json.dumps(group(EVERYONE, {"horoscope": {"sign": "leo"}})).encode()


async def spoilt(service: Service, client: Client, kept_id: str, document: bytes) -> None:
    """Keep something as only another version would."""
    connection = await service.connect()
    change = "UPDATE resource SET document = $3 WHERE account_id = $1 AND resource_id = $2"
    await connection.execute(change, account_id(client), UUID(kept_id), document)
    await connection.close()


@pytest.mark.parametrize("inline", [True, False])
async def test_a_test_has_so_many_policies(client: Client, *, inline: bool) -> None:
    each = policy() if inline else (await kept(client, POLICIES, **policy()))["id"]
    assert (await client.start(*[each] * 1000)).status == 200
    refused = await client.start(*[each] * 1001)
    assert (refused.status, refused.body["errors"][0]["code"]) == (400, 12130)
    ((pointer, message),) = refused.faults
    assert (pointer, "1001 policies" in message) == ("/policies", True)


async def test_documents_count_as_often_as_they_are_named(client: Client) -> None:
    long = await kept(client, POLICIES, **policy(purpose_justification_prompt="x" * LONG))
    ((pointer, message),) = (await client.start(*[long["id"]] * 19)).faults
    size = 19 * len(json.dumps(policy(purpose_justification_prompt="x" * LONG), separators=(",", ":")))
    assert pointer == "/policies"
    assert f" {size} bytes, {16 << 20} is the limit" in message


async def test_the_documents_of_groups_count_as_well(client: Client) -> None:
    rule = {"service_token": {"token_id": "x" * LONG}}
    named = await kept(client, GROUPS, **group(rule))
    long = await kept(client, POLICIES, **policy(purpose_justification_prompt="x" * LONG))
    sent = [policy(*naming(named["id"]))] + [long["id"]] * 18
    ((pointer, message),) = (await client.start(*sent)).faults
    assert (pointer, f"{16 << 20} is the limit" in message) == ("/policies", True)
    assert (await client.start(sent[0], long["id"])).status == 200


async def test_a_policy_named_again_is_read_once(service: Service, client: Client) -> None:
    long = await kept(client, POLICIES, **policy(purpose_justification_prompt="x" * 10_000))
    body = json.dumps({"policies": [long["id"], long["id"].upper()]}).encode()
    connection = await service.connect()
    asked = decode_start(body, account_id(client))
    plan, _ = await resolution.resolve(connection, account_id(client), asked)
    await connection.close()
    assert plan.policies[0] is plan.policies[1]


async def test_a_kept_policy_that_is_understood_no_more_is_named(service: Service, client: Client) -> None:
    broken = (await kept(client, POLICIES, **policy()))["id"]
    await spoilt(service, client, broken, json.dumps(policy({"horoscope": {"sign": "leo"}})).encode())
    ((pointer, message),) = (await client.start(policy(), broken)).faults
    assert (pointer, f"the policy `{broken}`" in message) == ("/policies/1", True)


async def test_a_kept_group_that_is_understood_no_more_is_named(service: Service, client: Client) -> None:
    broken = (await kept(client, GROUPS, **group()))["id"]
    outer = (await kept(client, GROUPS, **group(*naming(broken))))["id"]
    by_id = (await kept(client, POLICIES, **policy(*naming(outer))))["id"]
    await spoilt(service, client, broken, UNKNOWN)
    answer = await client.start(policy(), by_id)
    assert answer.status == 400
    ((pointer, message),) = answer.faults
    assert (pointer, f"the group `{broken}`" in message) == ("/policies/1", True)


async def test_a_policy_after_login_leads_to_no_linked_app_token(client: Client) -> None:
    inner = await kept(client, GROUPS, **group(TOKEN))
    outer = await kept(client, GROUPS, **group(EVERYONE, exclude=naming(inner["id"])))
    by_id = (await kept(client, POLICIES, **policy(*naming(outer["id"]), decision="deny")))["id"]
    answer = await client.start(policy(ACME), policy(*naming(outer["id"])), by_id)
    assert (answer.status, [pointer for pointer, _ in answer.faults]) == (400, ["/policies/1", "/policies/2"])
    assert (await client.start(policy(*naming(inner["id"]), decision="bypass"))).status == 200


async def test_an_inline_policys_approvers_are_looked_up(service: Service, client: Client) -> None:
    foreign = (await (await service.tenant()).call("POST", "{a}/gateway/lists", json=LIST)).result["id"]
    own = (await client.call("POST", "{a}/gateway/lists", json=LIST)).result["id"]
    asked = [
        policy(approval_groups=[{"approvals_needed": 1, "email_list_uuid": each}])
        for each in (own, ABSENT, foreign)
    ]
    answer = await client.start(*asked)
    assert (answer.status, [pointer for pointer, _ in answer.faults]) == (
        400,
        [f"/policies/{number}/approval_groups/0/email_list_uuid" for number in (1, 2)],
    )
    assert (await client.start(asked[0])).status == 200
