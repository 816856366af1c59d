"""Many checks in one request: in their order, echoed as they were sent, each with its answer."""

import io
from typing import Any

import pytest

from tests.gateway.cloudcms import holdings, people, rights
from tests.gateway.cloudcms.holdings import pointers, refusal
from tests.gateway.rows import lines
from tests.stack import Client, Service, used

POLICIES = "/access/policies"


async def checked(client: Client, which: str, checks: Any, path: str = POLICIES) -> list[dict[str, Any]]:
    answer = await client.call("POST", f"{path}/{which}/check", json={"checks": checks})
    assert answer.status == 200, answer
    assert answer.body["checks"] == answer.body["results"]
    return answer.body["results"]


async def test_checks_come_back_in_their_order_with_ids_as_they_were_sent(client: Client) -> None:
    ann, bob = await people.user(client, "ann"), await people.user(client, "bob")
    first, second = await holdings.made(client), await holdings.made(client)
    await rights.granted(client, f"{POLICIES}/{first}", ann, "editor")
    reference = f"accesspolicy://{client.account.upper()}/{second}"
    sent = [
        {"permissionedId": on, "principalId": who, "permissionId": permission}
        for on in (first, second, reference)
        for who in ("ann", f"default/{ann}", bob)
        for permission in ("READ", "update")
    ]
    found = await checked(client, "permissions", sent)
    assert [{name: each[name] for name in sent[0]} for each in found] == sent
    allowed = [each["permissionedId"] == first and each["principalId"] != bob for each in sent]
    assert [each["result"] for each in found] == allowed


async def test_authorities_are_checked_as_well(client: Client) -> None:
    ann = await people.user(client, "ann")
    policy = await holdings.made(client)
    await rights.granted(client, f"{POLICIES}/{policy}", ann, "editor")
    sent = [
        {"permissionedId": policy, "principalId": ann, "authorityId": role, "domainId": "default"}
        for role in ("editor", "EDITOR", "consumer")
    ]
    found = await checked(client, "authorities", sent)
    assert [each["result"] for each in found] == [True, True, False]
    assert [each["domainId"] for each in found] == ["default"] * 3


async def test_users_and_groups_are_what_checks_are_about_too(client: Client) -> None:
    ann, staff = await people.user(client, "ann"), await people.group(client, "staff")
    sent = [
        {"permissionedId": on, "principalId": "default/ann", "permissionId": "UPDATE"}
        for on in (ann, "ann", "default/ann", staff, "nobody")
    ]
    found = await checked(client, "permissions", sent, "/domains/primary/principals")
    assert [each["result"] for each in found] == [True, True, True, False, False]
    assert "`nobody`" in found[-1]["message"]


async def test_what_does_not_exist_is_answered_with_no_and_takes_nothing_from_the_others(
    client: Client,
) -> None:
    ann = await people.user(client, "ann")
    policy = await holdings.made(client)
    await rights.granted(client, f"{POLICIES}/{policy}", ann, "consumer")
    right = {"permissionedId": policy, "principalId": ann, "permissionId": "READ"}
    sent = [
        right | {"principalId": "nobody"},
        right | {"permissionedId": holdings.ABSENT},
        right | {"permissionedId": "a b"},
        right | {"permissionedId": "x://"},
        right | {"permissionId": "FLY"},
        right | {"domainId": "other"},
        right,
    ]
    found = await checked(client, "permissions", sent)
    assert [each["result"] for each in found] == [False] * 6 + [True]
    words = ["`nobody`", f"{holdings.ABSENT}` does not exist", "no reference", "no reference", "FLY", "other"]
    for each, word in zip(found, words, strict=False):
        assert word in each["message"]
        assert "error" not in each
    assert "message" not in found[-1]
    role = {"permissionedId": policy, "principalId": ann, "authorityId": "nonsense"}
    (strange,) = await checked(client, "authorities", [role])
    assert (strange["result"], "`nonsense`" in strange["message"]) == (False, True)


async def test_there_is_one_domain(client: Client) -> None:
    answer = await client.call("POST", "/domains/other/principals/permissions/check", json={"checks": []})
    assert refusal(answer, 404)


async def test_nothing_to_check_is_nothing_checked(client: Client) -> None:
    for body in (b"", b"{}", b'{"checks": []}'):
        answer = await client.call("POST", f"{POLICIES}/permissions/check", data=body)
        assert answer.body == {"checks": [], "results": []}


CHECK = {"permissionedId": "a", "principalId": "b", "permissionId": "READ"}
WRONG = [
    ({}, "/checks"),
    ([1], "/checks/0"),
    ([CHECK, {**CHECK, "principalId": 1}], "/checks/1/principalId"),
    ([CHECK, {"permissionedId": "a", "permissionId": "READ"}], "/checks/1"),
    ([{"permissionedId": "a", "principalId": "b", "authorityId": "editor"}], "/checks/0"),
    ([CHECK] * 10_001, "/checks"),
]


@pytest.mark.parametrize(("checks", "pointer"), WRONG)
async def test_what_is_no_check_is_refused_with_where_it_stands(
    client: Client, checks: Any, pointer: str
) -> None:
    answer = await client.call("POST", f"{POLICIES}/permissions/check", json={"checks": checks})
    assert pointers(answer) == [pointer]


async def test_a_body_beyond_all_bounds_is_refused(client: Client) -> None:
    answer = await client.call(
        "POST", f"{POLICIES}/permissions/check", data=io.BytesIO(b" " * (8 * 1024 * 1024 + 1))
    )
    assert refusal(answer, 413)


async def test_ten_thousand_checks_take_less_than_a_second(service: Service) -> None:
    client = await service.tenant()
    groups = [f"g{number}" for number in range(20)]
    users = [
        {"email": f"u{number}@a.example", "groups": [groups[number % 20], groups[number * 7 % 20]]}
        for number in range(1000)
    ]
    await client.imported(lines(*users))
    ids = [
        await holdings.made(client, statements=[holdings.grant(), holdings.grant(roles=("editor",))])
        for _ in range(10)
    ]
    for number, policy in enumerate(ids):
        await rights.granted(client, f"{POLICIES}/{policy}", f"g{number}", "editor")
        ref = (await people.found(client, {"type": "GROUP", "name": f"g{number + 10}"})).body["rows"][0][
            "_doc"
        ]
        await holdings.assigned(client, policy, f"group://{client.account}/default/{ref}")
    sent = [
        {"permissionedId": policy, "principalId": user["email"], "permissionId": "READ"}
        for user in users
        for policy in ids
    ]
    assert len(sent) == 10_000
    before = used(service)
    found = await checked(client, "permissions", sent)
    taken = used(service) - before
    assert 0 < sum(each["result"] for each in found) < 10_000
    assert taken < 1
