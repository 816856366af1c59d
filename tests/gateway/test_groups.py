"""Groups that name groups and lists: nothing that is named goes away, and no group contains itself."""

import asyncio
import json
from typing import Any

import pytest
from yarl import URL

from shared.policy.nesting import DEPTH_LIMIT
from tests.gateway.kept import ABSENT, GROUPS, POLICIES, deeds, group, kept, listed, naming, put
from tests.gateway.rows import ACME, EVERYONE, policy
from tests.gateway.test_bad_input import check_refusal
from tests.stack import Answer, Client, Service

LISTS = "{a}/gateway/lists"


async def named(client: Client, name: str, *ids: str, **changes: Any) -> str:
    """The id of a new group that names others."""
    return (await kept(client, GROUPS, **group(*naming(*ids), name=name, **changes)))["id"]


async def delete(client: Client, path: str, kept_id: str) -> Answer:
    return await client.call("DELETE", f"{path}/{kept_id}")


async def test_a_group_may_name_groups_in_every_part(client: Client) -> None:
    inner = await named(client, "inner")
    sent = group(ACME, *naming(inner), exclude=naming(inner), require=[*naming(inner), EVERYONE])
    outer = await kept(client, GROUPS, **sent)
    assert {name: outer[name] for name in sent} == sent


async def test_an_id_is_taken_in_either_case(client: Client) -> None:
    inner = await named(client, "inner")
    sent = group(*naming(inner.upper()))
    outer = await kept(client, GROUPS, **sent)
    assert outer["include"] == sent["include"]
    assert (await delete(client, GROUPS, inner)).status == 409


FILTERS = [
    ({"name": "Staff"}, ["Staff"]),
    ({"name": "staff"}, []),
    ({"search": "STAFF"}, ["Staff", "no staff"]),
    ({"search": ""}, ["Staff", "no staff", "null"]),
    ({"name": "null"}, ["null"]),
    ({"search": "null"}, ["null"]),
    ({"name": "Staff", "search": "no"}, []),
    ({"search": "st", "page": "2", "per_page": "1"}, ["no staff"]),
    ({"unknown": "x"}, ["Staff", "no staff", "null"]),
]


@pytest.mark.parametrize(("query", "names"), FILTERS)
async def test_groups_are_found_by_name(client: Client, query: dict[str, str], names: list[str]) -> None:
    for name in ("Staff", "no staff", "null"):
        await named(client, name)
    assert [each["name"] for each in await listed(client, GROUPS, **query)] == names


@pytest.mark.parametrize("name", ["name", "search"])
@pytest.mark.parametrize("value", ["a\0b", "x" * 351])
async def test_a_bad_filter_is_refused_by_name(client: Client, name: str, value: str) -> None:
    answer = await client.call("GET", GROUPS, params={name: value})
    check_refusal(answer, 400, 12130)
    assert f"`{name}`" in answer.faults[0][1]


@pytest.mark.parametrize("text", ["%FF", "%ED%A0%80", "%", "%00", "%F4%90%80%80"])
@pytest.mark.parametrize("name", ["name", "search"])
async def test_a_filter_that_is_no_text_does_no_harm(client: Client, name: str, text: str) -> None:
    url = URL(f"{client.url}/accounts/{client.account}/access/groups?{name}={text}", encoded=True)
    headers = {"Authorization": f"Bearer {client.token}"}
    async with client.session.get(url, headers=headers) as response:
        assert response.status in (200, 400)


async def test_a_cycle_is_refused_with_its_path(service: Service, client: Client) -> None:
    bottom = await named(client, "bottom")
    middle = await named(client, "middle", bottom)
    top = await named(client, "top", middle)
    before = await deeds(service, client)
    answer = await put(client, GROUPS, bottom, group(EVERYONE, name="renamed", exclude=[ACME, *naming(top)]))
    check_refusal(answer, 400, 12130)
    ((pointer, message),) = answer.faults
    assert pointer == "/exclude/1/group/id"
    path = f"`renamed` ({bottom}) names `top` ({top}), which names `middle` ({middle}), which names `renamed`"
    assert f"{path} ({bottom})" in message
    assert await deeds(service, client) == before


async def test_a_group_cannot_name_itself(client: Client) -> None:
    made = await named(client, "self")
    answer = await put(client, GROUPS, made, group(*naming(made), name="self"))
    check_refusal(answer, 400, 12130)
    assert answer.faults[0][0] == "/include/0/group/id"
    assert f"`self` ({made}) names `self` ({made})" in answer.faults[0][1]


async def test_each_rule_that_closes_a_cycle_is_pointed_at(client: Client) -> None:
    bottom = await named(client, "bottom")
    left, right = [await named(client, name, bottom) for name in ("left", "right")]
    sent = group(*naming(left), exclude=naming(right), require=[EVERYONE, *naming(bottom, ABSENT)])
    answer = await put(client, GROUPS, bottom, sent)
    assert sorted(pointer or "" for pointer, _ in answer.faults) == [
        "/exclude/0/group/id",
        "/include/0/group/id",
        "/require/1/group/id",
        "/require/2/group/id",
    ]


async def test_a_way_that_the_write_takes_away_is_no_cycle(client: Client) -> None:
    first = await named(client, "first")
    second = await named(client, "second", first)
    assert (await put(client, GROUPS, second, group(EVERYONE))).status == 200
    assert (await put(client, GROUPS, first, group(*naming(second)))).status == 200


async def test_groups_nest_so_deep_and_no_deeper(client: Client) -> None:
    chain = [await named(client, "0")]
    while len(chain) < DEPTH_LIMIT:
        chain.append(await named(client, str(len(chain)), chain[-1]))
    above = await client.call("POST", GROUPS, json=group(EVERYONE, *naming(chain[-1])))
    below = await put(client, GROUPS, chain[0], group(require=naming(await named(client, "below"))))
    for answer, pointer in ((above, "/include/1/group/id"), (below, "/require/0/group/id")):
        check_refusal(answer, 400, 12130)
        assert answer.faults[0][0] == pointer
        assert "33" in answer.faults[0][1]
        assert "32" in answer.faults[0][1]
    await kept(client, POLICIES, **policy(*naming(chain[-1])))
    assert (await put(client, GROUPS, chain[-1], group(*naming(chain[-2], chain[0])))).status == 200


async def test_what_is_referred_to_is_not_deleted(service: Service, client: Client) -> None:
    used = await named(client, "used")
    outer = await named(client, "outer", used, used)
    user = (await kept(client, POLICIES, **policy(exclude=naming(used), name="user")))["id"]
    before = await deeds(service, client)
    answer = await delete(client, GROUPS, used)
    check_refusal(answer, 409, 12132)
    assert f"group `outer` ({outer}), policy `user` ({user})" in answer.faults[0][1]
    assert await deeds(service, client) == before
    assert (await delete(client, POLICIES, user)).status == 202
    assert (await put(client, GROUPS, outer, group(EVERYONE, name="outer"))).status == 200
    assert (await delete(client, GROUPS, used)).status == 202


async def test_some_of_many_referrers_are_named(client: Client) -> None:
    used = await named(client, "used")
    for number in range(12):
        await named(client, f"n{number}", used)
    message = (await delete(client, GROUPS, used)).faults[0][1]
    assert "`n9`" in message
    assert "`n10`" not in message
    assert message.endswith(" and others")


async def new_list(client: Client, kind: str) -> str:
    answer = await client.call("POST", LISTS, json={"name": kind, "type": kind})
    return answer.result["id"]


async def test_a_list_is_of_the_type_that_the_rule_reads(client: Client) -> None:
    lists = {kind: await new_list(client, kind) for kind in ("EMAIL", "IP", "SERIAL")}
    rules = [{rule: {"id": each}} for rule in ("email_list", "ip_list") for each in lists.values()]
    approvers = [{"approvals_needed": 1, "email_list_uuid": each} for each in lists.values()]
    answer = await client.call("POST", POLICIES, json=policy(*rules, approval_groups=approvers))
    check_refusal(answer, 400, 12130)
    assert {pointer for pointer, _ in answer.faults} == {
        "/include/1/email_list/id",
        "/include/2/email_list/id",
        "/include/3/ip_list/id",
        "/include/5/ip_list/id",
        "/approval_groups/1/email_list_uuid",
        "/approval_groups/2/email_list_uuid",
    }
    assert "`SERIAL`" in dict(answer.faults)["/include/2/email_list/id"]


USES: list[tuple[str, dict[str, Any]]] = [
    ("EMAIL", {"include": [{"email_list": {"id": ABSENT}}]}),
    ("IP", {"exclude": [{"ip_list": {"id": ABSENT}}]}),
    ("EMAIL", {"approval_groups": [{"approvals_needed": 1, "email_list_uuid": ABSENT}]}),
]


@pytest.mark.parametrize(("kind", "changes"), USES)
async def test_a_list_in_use_is_not_deleted(client: Client, kind: str, changes: dict[str, Any]) -> None:
    used = await new_list(client, kind)
    sent = json.loads(json.dumps(policy(name="user") | changes).replace(ABSENT, used))
    user = (await kept(client, POLICIES, **sent))["id"]
    answer = await delete(client, LISTS, used)
    check_refusal(answer, 409, 12132)
    assert f"policy `user` ({user})" in answer.faults[0][1]
    await delete(client, POLICIES, user)
    assert (await delete(client, LISTS, used)).result == {"id": used}


async def test_what_is_foreign_is_referred_to_as_what_is_absent(service: Service, client: Client) -> None:
    other = await service.tenant()
    inner = await named(other, "secret")
    foreign = {"group": inner, "ip_list": await new_list(other, "IP")}
    mine = await named(client, "mine")
    for kind, each in foreign.items():
        for method, where in (("POST", GROUPS), ("POST", POLICIES), ("PUT", f"{GROUPS}/{mine}")):
            shape = policy if where == POLICIES else group
            answers = [
                await client.call(method, where, json=shape({kind: {"id": sent}})) for sent in (each, ABSENT)
            ]
            check_refusal(answers[0], 400, 12130)
            assert str(answers[0].body).replace(each, ABSENT) == str(answers[1].body)
    assert (await delete(other, GROUPS, inner)).status == 202


async def test_two_writes_at_once_do_not_close_a_cycle(client: Client) -> None:
    for _ in range(10):
        first, second = await named(client, "first"), await named(client, "second")
        answers = await asyncio.gather(
            put(client, GROUPS, first, group(*naming(second))),
            put(client, GROUPS, second, group(*naming(first))),
        )
        assert sorted(answer.status for answer in answers) == [200, 400]


async def test_nothing_refers_to_what_is_deleted_at_the_same_time(client: Client) -> None:
    for _ in range(10):
        used = await named(client, "used")
        created, deleted = await asyncio.gather(
            client.call("POST", POLICIES, json=policy(*naming(used))), delete(client, GROUPS, used)
        )
        assert (created.status, deleted.status) in ((201, 409), (400, 202))
