"""Reusable policies and rule groups as resources: what is put is what is got, in an order that stays."""

from typing import Any

import pytest

from tests.gateway.kept import (
    ABSENT,
    BOTH,
    FULL,
    GROUPS,
    POLICIES,
    SHAPES,
    deeds,
    group,
    kept,
    listed,
    naming,
    put,
)
from tests.gateway.naughty import TEXTS
from tests.gateway.rows import ACME, EVERYONE, policy
from tests.gateway.test_bad_input import check_refusal
from tests.stack import Client, Service

ADDED = {
    POLICIES: {"id", "account_id", "app_count", "reusable", "created_at", "updated_at"},
    GROUPS: {"id", "created_at", "updated_at"},
}


async def test_a_policy_says_whose_it_is(client: Client) -> None:
    answer = await kept(client, POLICIES, **policy())
    assert (answer["account_id"], answer["app_count"], answer["reusable"]) == (client.account, 0, True)


async def test_what_was_put_is_what_is_got_with_nothing_invented(client: Client) -> None:
    for sent in (FULL, dict(reversed(FULL.items())), policy()):
        answer = await kept(client, POLICIES, **sent)
        got = (await client.call("GET", f"{POLICIES}/{answer['id']}")).result
        assert got == answer
        assert list(got.keys()) == ["id", *sent, *(name for name in got if name not in (*sent, "id"))]
        assert {name: got[name] for name in sent} == sent
        assert got.keys() - sent.keys() == ADDED[POLICIES]


async def test_a_groups_own_members_are_all_there_is(client: Client) -> None:
    for sent in (group(), group(ACME, exclude=[EVERYONE], require=[], is_default=False)):
        answer = await kept(client, GROUPS, **sent)
        assert {name: answer[name] for name in sent} == sent
        assert answer.keys() - sent.keys() == ADDED[GROUPS]
        assert (await client.call("GET", f"{GROUPS}/{answer['id']}")).result == answer


@BOTH
async def test_a_put_replaces_all(client: Client, path: str) -> None:
    was = await kept(client, path, **SHAPES[path](ACME, require=[EVERYONE], exclude=[EVERYONE]))
    sent = SHAPES[path](name="other")
    answer = await put(client, path, was["id"], sent)
    now = answer.result
    assert answer.status == 200
    assert {name: now[name] for name in sent} == sent
    assert now.keys() - sent.keys() == ADDED[path]
    assert (now["id"], now["created_at"]) == (was["id"], was["created_at"])
    assert now["updated_at"] > was["updated_at"]


@BOTH
async def test_an_identical_put_changes_nothing(service: Service, client: Client, path: str) -> None:
    sent = SHAPES[path](ACME, EVERYONE, exclude=None)
    was = await kept(client, path, **sent)
    for again in (sent, was, dict(reversed(sent.items()))):
        answer = await put(client, path, was["id"], again)
        assert (answer.status, list(answer.result.items())) == (200, list(was.items()))
    kind = "policy" if path == POLICIES else "group"
    assert await deeds(service, client) == [("create", kind, was["id"])]


@pytest.mark.parametrize(
    "change",
    [{"exclude": []}, {"require": None}, {"include": [EVERYONE, ACME]}, {"include": [ACME, EVERYONE, ACME]}],
)
async def test_order_null_and_absence_are_differences(client: Client, change: dict[str, Any]) -> None:
    was = await kept(client, POLICIES, **policy(ACME, EVERYONE))
    now = (await put(client, POLICIES, was["id"], policy(ACME, EVERYONE) | change)).result
    assert now["updated_at"] > was["updated_at"]
    assert {name: now[name] for name in change} == change


@BOTH
async def test_what_is_deleted_is_gone(client: Client, path: str) -> None:
    gone = (await kept(client, path, **SHAPES[path]()))["id"]
    answer = await client.call("DELETE", f"{path}/{gone}")
    assert (answer.status, answer.result) == (202, {"id": gone})
    assert await listed(client, path) == []
    for method, sent in (("GET", None), ("DELETE", None), ("PUT", SHAPES[path]())):
        check_refusal(await client.call(method, f"{path}/{gone}", json=sent), 404, 12135)


@BOTH
async def test_pages_keep_their_order_and_end(client: Client, path: str) -> None:
    made = [await kept(client, path, **SHAPES[path](name=f"n{number}")) for number in range(5)]
    made[1] = (await put(client, path, made[1]["id"], SHAPES[path](name="n9"))).result
    assert await listed(client, path) == made
    for page, rows in ((1, made[:2]), (2, made[2:4]), (3, made[4:]), (4, []), (10**9, [])):
        answer = await client.call("GET", path, params={"page": page, "per_page": 2})
        assert (answer.status, answer.result) == (200, rows)
        info = {"page": page, "per_page": 2, "count": len(rows), "total_count": 5, "total_pages": 3}
        assert answer.body["result_info"] == info


@BOTH
async def test_a_page_has_a_hundred_rows_by_default(client: Client, path: str) -> None:
    answer = await client.call("GET", path)
    info = {"page": 1, "per_page": 100, "count": 0, "total_count": 0, "total_pages": 0}
    assert (answer.result, answer.body["result_info"]) == ([], info)


@BOTH
@pytest.mark.parametrize("query", [{"page": "0"}, {"page": "x"}, {"per_page": "1001"}, {"per_page": ""}])
async def test_a_bad_query_is_refused_by_name(client: Client, path: str, query: dict[str, str]) -> None:
    answer = await client.call("GET", path, params=query)
    check_refusal(answer, 400, 12130)
    assert f"`{next(iter(query))}`" in answer.faults[0][1]


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": None}, ["/name"]),
    ({"name": "", "include": [], "extra": 1}, ["/extra", "/include", "/name"]),
    ({"include": [EVERYONE, {}, {"ip": {"ip": "x"}}]}, ["/include/1", "/include/2/ip/ip"]),
    (
        {"include": [{"group": {"id": "x"}}, {"geo": {"country_code": "QQ"}}]},
        ["/include/0/group/id", "/include/1/geo/country_code"],
    ),
    ({"require": naming(ABSENT), "exclude": naming(ABSENT)}, ["/exclude/0/group/id", "/require/0/group/id"]),
    ({"exclude": [{"ip_list": {"id": ABSENT}}]}, ["/exclude/0/ip_list/id"]),
]


@pytest.mark.parametrize(("change", "pointers"), WRONG)
@BOTH
async def test_every_fault_is_pointed_at_and_nothing_written(
    service: Service, client: Client, path: str, change: dict[str, Any], pointers: list[str]
) -> None:
    was = await kept(client, path, **SHAPES[path]())
    for method, where in (("POST", path), ("PUT", f"{path}/{was['id']}")):
        answer = await client.call(method, where, json=SHAPES[path]() | change)
        check_refusal(answer, 400, 12130)
        assert sorted(pointer or "" for pointer, _ in answer.faults) == pointers
    assert await listed(client, path) == [was]
    assert len(await deeds(service, client)) == 1


@pytest.mark.parametrize("sent", [b"", b"[]", b"null", b'{"name": "x", "name": "y"}', b"\xff"])
@BOTH
async def test_what_is_no_object_is_refused(client: Client, path: str, sent: bytes) -> None:
    check_refusal(await client.call("POST", path, data=sent), 400, 12130)
    check_refusal(await client.call("PUT", f"{path}/{ABSENT}", data=sent), 400, 12130)


async def test_all_faults_of_a_policy_are_told_at_once(client: Client) -> None:
    sent = policy(
        {"email": {"email": "a@b.example"}},
        decision="bypass",
        session_duration="soon",
        approval_groups=[{"approvals_needed": 1, "email_list_uuid": ABSENT}],
    )
    answer = await client.call("POST", POLICIES, json=sent)
    assert {pointer for pointer, _ in answer.faults} == {
        "/include/0",
        "/session_duration",
        "/approval_groups/0/email_list_uuid",
    }


@BOTH
async def test_a_foreign_id_answers_as_an_absent_one(service: Service, client: Client, path: str) -> None:
    foreign = (await kept(await service.tenant(), path, **SHAPES[path](name="secret")))["id"]
    for method, sent in (("GET", None), ("DELETE", None), ("PUT", SHAPES[path]())):
        answers = [await client.call(method, f"{path}/{each}", json=sent) for each in (foreign, ABSENT)]
        check_refusal(answers[0], 404, 12135)
        assert answers[0].body == answers[1].body
    assert await listed(client, path) == []


@BOTH
async def test_a_scope_to_read_is_none_to_write(service: Service, path: str) -> None:
    reader = await service.tenant(scopes=("policies:read",))
    assert await listed(reader, path) == []
    for method, where in (("POST", path), ("PUT", f"{path}/{ABSENT}"), ("DELETE", f"{path}/{ABSENT}")):
        check_refusal(await reader.call(method, where, json=SHAPES[path]()), 403, 10000)
    other = await service.tenant(scopes=("policy-tests:write",))
    check_refusal(await other.call("GET", path), 403, 10000)


async def test_names_come_back_as_they_went_in(client: Client) -> None:
    whole = [text for text in TEXTS if "\0" not in text and 0 < len(text) <= 350]
    for text in whole:
        await kept(client, GROUPS, **group(name=text))
    assert [each["name"] for each in await listed(client, GROUPS)] == whole[:100]
    for text in whole:
        found = await listed(client, GROUPS, name=text, per_page=1000)
        assert {each["name"] for each in found} == {text}
        assert text in {each["name"] for each in await listed(client, GROUPS, search=text, per_page=1000)}
