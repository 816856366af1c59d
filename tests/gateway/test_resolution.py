"""Policies by id, groups and lists become part of a test when it starts, as they are then."""

from typing import Any
from uuid import UUID

import pytest

from services.gateway.cloudflare import resolution
from shared.wire.cloudflare.policy_tests import decode_start
from tests.gateway.kept import ABSENT, GROUPS, POLICIES, group, kept, naming, put
from tests.gateway.list_calls import created, on
from tests.gateway.rows import ACME, EVERYONE, lines, people, policy
from tests.stack import Client, Service, account_id

LIMIT = 100_000
NOBODY: dict[str, Any] = {"service_token": {"token_id": "x"}}
HOME, OFFICE = "203.0.113.7", "2001:db8::7"
USERS = lines(
    {"email": "ann@acme.example", "identity": {"ip": HOME}},
    {"email": "ben@acme.example", "identity": {"ip": OFFICE}},
    {"email": "cat@other.example", "identity": {"ip": HOME}},
    {"email": "dan@other.example"},
)


async def verdicts(client: Client, *policies: Any) -> dict[str, str]:
    """By name."""
    rows = await client.users((await client.tested(*policies))["id"])
    return {row["email"].partition("@")[0]: row["status"] for row in rows}


async def source(client: Client, test_id: str) -> Any:
    return (await client.call("GET", f"{{a}}/access/policy-tests/{test_id}/policies")).result


async def test_kept_and_inline_policies_count_in_the_order_given(client: Client) -> None:
    await client.imported(USERS)
    allow = (await kept(client, POLICIES, **policy(ACME)))["id"]
    deny = policy({"email": {"email": "ann@acme.example"}}, decision="deny")
    assert await verdicts(client, allow, deny) == {
        **dict.fromkeys(("ann", "ben"), "approved"),
        **dict.fromkeys(("cat", "dan"), "blocked"),
    }
    assert (await verdicts(client, deny, allow.upper()))["ann"] == "blocked"


async def test_groups_and_lists_mean_what_they_hold(client: Client) -> None:
    await client.imported(USERS)
    addresses = await created(client, "Ben@ACME.example", "dan@other.example", "nobody@other.example")
    networks = await created(client, "203.0.113.0/24", "2001:db8:1::/48", type="IP")
    inner = await kept(client, GROUPS, **group({"ip_list": {"id": networks["id"].upper()}}))
    outer = await kept(client, GROUPS, **group(*naming(inner["id"].upper()), exclude=[ACME]))
    by_list = await kept(client, POLICIES, **policy({"email_list": {"id": addresses["id"]}}))
    assert await verdicts(client, policy(*naming(outer["id"]))) == {
        "ann": "blocked",  # excluded, wherever from
        "ben": "blocked",
        "cat": "approved",
        "dan": "error",  # from nobody knows where
    }
    found = await verdicts(client, policy(*naming(outer["id"])), by_list["id"])
    assert found == {"ann": "blocked", "ben": "approved", "cat": "approved", "dan": "approved"}


async def test_a_list_without_values_is_nobodys(client: Client) -> None:
    await client.imported(USERS)
    lists = [("email_list", await created(client)), ("ip_list", await created(client, type="IP"))]
    for kind, empty in lists:
        found = await verdicts(client, policy({kind: {"id": empty["id"]}}))
        assert set(found.values()) == {"blocked"}


async def test_what_is_not_there_or_of_another_kind_is_pointed_at(service: Service, client: Client) -> None:
    stranger = await service.tenant()
    theirs = await kept(stranger, POLICIES, **policy()), await kept(stranger, GROUPS, **group())
    foreign = (await created(stranger))["id"]
    addresses, networks = (await created(client))["id"], (await created(client, type="IP"))["id"]
    mine, domains = await kept(client, GROUPS, **group()), (await created(client, type="DOMAIN"))["id"]
    wrong = {
        "/policies/0": ABSENT,
        "/policies/1": "no id at all",
        "/policies/2": theirs[0]["id"],
        "/policies/3": mine["id"],
        "/policies/4/include/1/group/id": policy(EVERYONE, *naming(ABSENT)),
        "/policies/5/exclude/0/group/id": policy(exclude=naming(theirs[1]["id"])),
        "/policies/6/require/0/group/id": policy(require=naming(addresses)),
        "/policies/7/include/0/email_list/id": policy({"email_list": {"id": networks}}),
        "/policies/8/include/0/ip_list/id": policy({"ip_list": {"id": addresses}}),
        "/policies/9/include/0/ip_list/id": policy({"ip_list": {"id": domains}}),
        "/policies/10/include/0/email_list/id": policy({"email_list": {"id": foreign}}),
        "/policies/11/include/0/email_list/id": policy({"email_list": {"id": mine["id"]}}),
        "/policies/13/include/0/ip/ip": policy({"ip": {"ip": "x"}}),
    }
    sent = [*list(wrong.values())[:12], policy(*naming(mine["id"])), wrong["/policies/13/include/0/ip/ip"]]
    answer = await client.start(*sent)
    assert (answer.status, {error["code"] for error in answer.body["errors"]}) == (400, {12130})
    assert {pointer for pointer, _ in answer.faults} == wrong.keys()


async def levels(client: Client, width: int, depth: int, *rules: Any) -> str:
    """A group that names another so many times, and so on down to one of some rules; its id."""
    top = (await kept(client, GROUPS, **group(*rules)))["id"]
    for _ in range(depth):
        top = (await kept(client, GROUPS, **group(*naming(*[top] * width))))["id"]
    return top


async def test_a_policy_before_login_leads_to_no_identity_rule(client: Client) -> None:
    inner = await kept(client, GROUPS, **group(ACME))
    outer = await kept(client, GROUPS, **group(*naming(inner["id"])))
    office = await kept(client, GROUPS, **group({"ip": {"ip": HOME}}))
    bypass = policy(*naming(office["id"], outer["id"]), decision="bypass")
    by_id = (await kept(client, POLICIES, **{**bypass, "decision": "non_identity"}))["id"]
    answer = await client.start(policy(*naming(outer["id"])), bypass, by_id)
    assert (answer.status, [pointer for pointer, _ in answer.faults]) == (400, ["/policies/1", "/policies/2"])
    assert (await client.start(policy(*naming(office["id"]), decision="bypass"))).status == 200


async def test_a_plan_that_grows_too_large_is_refused_with_its_size(client: Client) -> None:
    await client.imported(USERS)
    top = await levels(client, 10, 4, *[EVERYONE] * 10)
    assert (await client.tested(policy(*naming(top))))["users_approved"] == 4
    refused = await client.start(policy(*naming(top), ACME))
    assert refused.status == 400
    ((pointer, message),) = refused.faults
    assert pointer == "/policies"
    assert "100001 rules" in message


async def test_a_plan_that_would_never_end_is_counted_at_once(client: Client) -> None:
    top = await levels(client, 20, 20, EVERYONE)
    ((_, message),) = (await client.start(policy(*naming(top)))).faults
    assert f"{20**20} rules" in message


async def test_what_a_test_was_started_with_can_be_read(client: Client) -> None:
    addresses = await created(client, "Ben@ACME.example", name="staff")
    long = await created(client, *(f"10.{n % 256}.{n // 256}.0/24" for n in range(1001)), type="IP")
    inner = await kept(client, GROUPS, **group({"ip_list": {"id": long["id"]}}, name="inner"))
    outer = await kept(client, GROUPS, **group(*naming(inner["id"]), name="outer", is_default=True))
    document = policy(*naming(outer["id"], inner["id"]), session_duration="24h", name="reusable")
    reusable = await kept(client, POLICIES, **document)
    inline = policy({"email_list": {"id": addresses["id"].upper()}}, ACME, exclude=[], name="inline")
    started = await client.start(inline, reusable["id"].upper(), reusable["id"])
    found = await source(client, started.result["id"])
    assert found["policies"] == [inline, *[{"id": reusable["id"], **document}] * 2]
    assert found["groups"] == {
        inner["id"]: {"id": inner["id"], **group({"ip_list": {"id": long["id"]}}, name="inner")},
        outer["id"]: {"id": outer["id"], **group(*naming(inner["id"]), name="outer", is_default=True)},
    }
    assert found["lists"] == {
        addresses["id"]: {
            "id": addresses["id"],
            "name": "staff",
            "type": "EMAIL",
            "count": 1,
            "values": ["ben@acme.example"],
        },
        long["id"]: {"id": long["id"], "name": "l", "type": "IP", "count": 1001},
    }


async def test_what_a_test_was_started_with_stays(client: Client) -> None:
    used = await created(client, "ann@acme.example")
    named = await kept(client, GROUPS, **group({"email_list": {"id": used["id"]}}))
    reusable = await kept(client, POLICIES, **policy(*naming(named["id"])))
    started = (await client.start(reusable["id"])).result["id"]
    before = await source(client, started)
    await put(client, POLICIES, reusable["id"], policy(ACME, name="other"))
    await put(client, GROUPS, named["id"], group(ACME, name="other"))
    await on(client, "PUT", used, json={"name": "other", "items": []})
    assert await source(client, started) == before
    assert [(await on(client, "DELETE", used)).status] == [200]
    for path, gone in ((POLICIES, reusable), (GROUPS, named)):
        assert (await client.call("DELETE", f"{path}/{gone['id']}")).status == 202
    assert await source(client, started) == before
    assert (await client.start(reusable["id"])).status == 400


async def test_a_request_sent_again_finds_its_test_when_its_policy_is_gone(client: Client) -> None:
    reusable = await kept(client, POLICIES, **policy())
    first = (await client.start(reusable["id"])).result["id"]
    await client.call("DELETE", f"{POLICIES}/{reusable['id']}")
    again = await client.start(reusable["id"], headers={"x-stainless-retry-count": "1"})
    assert again.result["id"] == first


async def test_many_addresses_are_found_by_a_worker(client: Client) -> None:
    await client.imported(people(300))
    addresses = [f"u{number}@acme.example" for number in range(0, 6000, 2)]
    many = await created(client, *addresses)
    status = await client.tested(policy({"email_list": {"id": many["id"]}}))
    assert (status["status"], status["users_approved"]) == ("complete", 50)
    approved = await client.users(status["id"], status="success")
    assert {row["email"] for row in approved} == {f"u{number}@acme.example" for number in range(0, 300, 6)}


@pytest.mark.parametrize("number", [1, 40])
async def test_it_takes_few_queries_however_many_groups_there_are(
    service: Service, client: Client, number: int
) -> None:
    inner = [await kept(client, GROUPS, **group(name=f"{n}")) for n in range(number)]
    outer = await kept(client, GROUPS, **group(*naming(*(each["id"] for each in inner))))
    ids = [(await kept(client, POLICIES, **policy(*naming(outer["id"]))))["id"] for _ in range(number)]
    asked = decode_start(f'{{"policies": {ids!r}}}'.replace("'", '"').encode(), UUID(client.account))
    made: list[str] = []
    connection = await service.connect()
    try:
        with connection.query_logger(lambda each: made.append(each.query)):
            plan, _ = await resolution.resolve(connection, account_id(client), asked)
    finally:
        await connection.close()
    assert (len(plan.policies), len(plan.groups)) == (number, number + 1)
    assert len([query for query in made if query.startswith(("SELECT", "WITH"))]) <= 5
