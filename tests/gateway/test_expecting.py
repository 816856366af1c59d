"""Starting a test with expectations and a base: what is refused, what is kept, once for each request."""

import io
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.wire.cloudflare.making import NAMED_LIMIT
from tests.gateway.kept import GROUPS, group, kept, naming
from tests.gateway.rows import ACME, EVERYONE, lines, policy
from tests.gateway.test_bad_input import check_refusal
from tests.gateway.test_expectations import AFTER, BEFORE, ONE, TESTS, begun, ended
from tests.stack import Client, Service, account_id

LONG = {"users": [{"email": f"u{number}@a.example", "status": "error"} for number in range(5001)]}
# What is sent, and where it is wrong.
REFUSED: list[tuple[Any, list[str]]] = [
    ([], ["/expectations"]),
    ({}, ["/expectations"]),
    ([ONE] * 101, ["/expectations"]),
    ([LONG, LONG], ["/expectations"]),
    ([3], ["/expectations/0"]),
    ([{}], ["/expectations/0"]),
    ([{"include": [EVERYONE]}], ["/expectations/0"]),
    ([{"all": "approved", "none": "error"}], ["/expectations/0"]),
    ([ONE, {"all": "success"}], ["/expectations/1/all"]),
    ([{"all": None}], ["/expectations/0/all"]),
    ([{"every": "approved"}], ["/expectations/0/every"]),
    ([{**ONE, "name": ""}], ["/expectations/0/name"]),
    ([{**ONE, "include": []}], ["/expectations/0/include"]),
    ([{**ONE, "exclude": [{}]}], ["/expectations/0/exclude/0"]),
    (
        [{**ONE, "require": [{"geo": {"country_code": "XX7"}}]}],
        ["/expectations/0/require/0/geo/country_code"],
    ),
    ([{"at_least": "approved"}], ["/expectations/0/at_least"]),
    ([{"at_least": {"number": 1}}], ["/expectations/0/at_least"]),
    ([{"at_most": {"status": "error"}}], ["/expectations/0/at_most"]),
    ([{"at_most": {"status": "error", "number": 1, "percent": 1}}], ["/expectations/0/at_most"]),
    ([{"at_most": {"status": "error", "number": -1}}], ["/expectations/0/at_most/number"]),
    ([{"at_most": {"status": "error", "number": 1.5}}], ["/expectations/0/at_most/number"]),
    ([{"at_most": {"status": "error", "percent": 100.1}}], ["/expectations/0/at_most/percent"]),
    (
        [{"lost": {"number": 0}}, {"gained": {"number": 0}}],
        [f"/expectations/{n}" for n in ("0/lost", "1/gained")],
    ),
    ([{"users": []}], ["/expectations/0/users"]),
    ([{"users": [{"status": "error"}]}], ["/expectations/0/users/0"]),
    ([{"users": [{"email": "x", "status": "error"}]}], ["/expectations/0/users/0/email"]),
    ([{"users": [{"id": "x", "status": "error"}]}], ["/expectations/0/users/0/id"]),
    (
        [
            {
                "users": [
                    {"email": "a@a.example", "status": "error"},
                    {"email": "A@a.example", "status": "error"},
                ]
            }
        ],
        ["/expectations/0/users/1"],
    ),
    (
        [{"users": [{"email": "a@a.example", "status": "error"}], "include": [ACME]}],
        ["/expectations/0/include"],
    ),
    ([{**ONE, "include": naming(str(UUID(int=1)))}, ONE], ["/expectations/0/include/0/group/id"]),
]


@pytest.mark.parametrize(("said", "pointers"), REFUSED, ids=lambda each: json.dumps(each)[:50])
async def test_a_bad_expectation_is_refused_with_a_pointer(
    service: Service, client: Client, said: Any, pointers: list[str]
) -> None:
    answer = await client.call("POST", TESTS, json={"policies": [AFTER], "expectations": said})
    check_refusal(answer, 400, 12130)
    assert [pointer for pointer, _ in answer.faults] == pointers
    connection = await service.connect()
    for table in ("policy_test", "policy_test_expectation"):
        count = f"SELECT count(*) FROM {table} WHERE account_id = $1"
        assert await connection.fetchval(count, account_id(client)) == 0
    await connection.close()


async def test_all_that_is_wrong_is_said_at_once(client: Client) -> None:
    absent = str(uuid4())
    body = {
        "policies": [absent, policy(*naming(absent))],
        "base": absent,
        "expectations": [{**ONE, "include": naming(absent)}],
    }
    answer = await client.call("POST", TESTS, json=body)
    assert [pointer for pointer, _ in answer.faults] == [
        *("/policies/0", "/policies/1/include/0/group/id", "/base"),
        "/expectations/0/include/0/group/id",
    ]


@pytest.mark.parametrize("base", ["x", 3, [], {}, "", "null"])
async def test_a_base_is_an_id(client: Client, base: Any) -> None:
    answer = await client.call("POST", TESTS, json={"policies": [AFTER], "base": base})
    check_refusal(answer, 400, 12130)
    assert [pointer for pointer, _ in answer.faults] == ["/base"]


async def test_a_base_is_the_accounts_own(service: Service, client: Client) -> None:
    foreign = (await (await service.tenant()).tested(BEFORE))["id"]
    answers = [await begun(client, base=each) for each in (foreign, str(UUID(int=1)))]
    assert [answer.status for answer in answers] == [400, 400]
    messages = [
        answer.faults[0][1].replace(each, "")
        for answer, each in zip(answers, (foreign, str(UUID(int=1))), strict=True)
    ]
    assert messages[0] == messages[1]


async def test_what_was_expected_is_in_the_source(client: Client) -> None:
    made = await kept(client, GROUPS, **group(ACME))
    list_ = (await client.call("POST", "{a}/gateway/lists", json={"name": "l", "type": "EMAIL"})).result["id"]
    base = (await client.tested(BEFORE))["id"]
    said = {
        "name": "In",
        "all": "approved",
        "include": naming(made["id"]),
        "exclude": [{"email_list": {"id": list_}}],
    }
    test_id = await ended(client, said, ONE, base=base)
    found = (await client.call("GET", f"{TESTS}/{test_id}/policies")).result
    assert (found["expectations"], found["base"]) == ([said, ONE], base)
    assert [each["name"] for each in found["policies"]] == ["MFA"]
    assert (list(found["groups"]), list(found["lists"])) == ([made["id"]], [list_])
    assert not {"expectations", "base"} & (await client.call("GET", f"{TESTS}/{base}/policies")).result.keys()


async def test_what_was_expected_is_in_the_audit_log(client: Client) -> None:
    base = (await client.tested(BEFORE))["id"]
    test_id = await ended(client, ONE, base=base)
    await client.call("DELETE", f"{TESTS}/{test_id}")
    await client.call("DELETE", f"{TESTS}/{base}")
    log = (await client.call("GET", "{a}/audit-log", params={"kind": "policy_test"})).result
    documents = {entry["subject_id"]: entry["document"] for entry in log}
    assert (documents[test_id]["expectations"], documents[test_id]["base"]) == ([ONE], base)
    assert not {"expectations", "base"} & documents[base].keys()


async def test_a_key_stands_for_the_expectations_too(client: Client) -> None:
    key = {"headers": {"Idempotency-Key": "k"}}
    body = {"policies": [AFTER], "expectations": [ONE]}
    first = await client.call("POST", TESTS, json=body, **key)
    assert (await client.call("POST", TESTS, json=body, **key)).result == first.result
    other = {"policies": [AFTER], "expectations": [{"none": "approved"}]}
    check_refusal(await client.call("POST", TESTS, json=other, **key), 422, 12132)
    check_refusal(await client.call("POST", TESTS, json={"policies": [AFTER]}, **key), 422, 12132)


async def test_a_start_that_is_repeated_needs_no_base_any_more(client: Client) -> None:
    base = (await client.tested(BEFORE))["id"]
    body = {"policies": [AFTER], "base": base}
    key = {"headers": {"Idempotency-Key": "k"}}
    first = await client.call("POST", TESTS, json=body, **key)
    await client.call("DELETE", f"{TESTS}/{base}")
    assert (await client.call("POST", TESTS, json=body, **key)).result == first.result


async def test_selectors_lead_to_so_many_addresses(client: Client) -> None:
    await client.imported(lines({"email": "u7@long.example"}, {"email": "u8@acme.example"}))
    items = [{"value": f"u{number}@long.example"} for number in range(NAMED_LIMIT)]
    sent = io.BytesIO(json.dumps({"name": "l", "type": "EMAIL", "items": items}).encode())
    made = await client.call("POST", "{a}/gateway/lists", data=sent)
    rule = {"email_list": {"id": made.result["id"]}}
    refused = await begun(
        client, {**ONE, "include": [rule]}, {**ONE, "include": [{"email": {"email": "x@a.example"}}]}
    )
    ((pointer, message),) = refused.faults
    assert (refused.status, pointer, "100001 e-mail addresses" in message) == (400, "/expectations", True)
    test_id = await ended(client, {"none": "approved", "include": [rule]})
    (row,) = (await client.call("GET", f"{TESTS}/{test_id}/expectations")).result
    assert (row["selected"], row["holds"]) == (1, True)
