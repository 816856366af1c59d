"""What is wrong with a request is said exactly: status, code, where, and whether to try again."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.gateway.rows import EVERYONE, policy
from tests.gateway.sockets import head, line
from tests.stack import Answer, Client

START = "{a}/access/policy-tests"
WHERE = "/policies/0/include/0"


def body(*policies: Any) -> bytes:
    return json.dumps({"policies": policies}).encode()


def ruled(*rules: Any, **changes: Any) -> bytes:
    return body(policy(*rules, **changes))


REFERENCES = [
    (ruled({"group": {"id": "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"}}), [f"{WHERE}/group/id"]),
    (ruled({"email_list": {"id": "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"}}), [f"{WHERE}/email_list/id"]),
    (ruled({"ip_list": {"id": "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"}}), [f"{WHERE}/ip_list/id"]),
    (body("f174e90a-fafe-4643-bbbc-4a0ed4fc8415"), ["/policies/0"]),
    (body(policy(), "no uuid at all"), ["/policies/1"]),
    (ruled(EVERYONE, exclude=[{"group": {"id": "x"}}]), ["/policies/0/exclude/0/group/id"]),
]
SHAPES = [
    (b"{}", ["/policies"]),
    (b'{"policies": null}', ["/policies"]),
    (b'{"policies": {}}', ["/policies"]),
    (b'{"policies": "x"}', ["/policies"]),
    (b'{"policies": []}', ["/policies"]),
    (b"[]", [""]),
    (b"null", [""]),
    (b'"policies"', [""]),
    (b'{"policies": [], "extra": 1}', ["/extra", "/policies"]),
    (body(1), ["/policies/0"]),
    (body(None), ["/policies/0"]),
    (body([]), ["/policies/0"]),
    (body({}), ["/policies/0/name", "/policies/0/decision", "/policies/0/include"]),
    (ruled(decision="maybe"), ["/policies/0/decision"]),
    (ruled(decision=None), ["/policies/0/decision"]),
    (ruled(decision=["allow"]), ["/policies/0/decision"]),
    (ruled(name=None), ["/policies/0/name"]),
    (ruled(name=""), ["/policies/0/name"]),
    (ruled(name="x" * 351), ["/policies/0/name"]),
    (ruled(include=[]), ["/policies/0/include"]),
    (ruled(include=None), ["/policies/0/include"]),
    (ruled(include={"everyone": {}}), ["/policies/0/include"]),
    (ruled(exclude="x"), ["/policies/0/exclude"]),
    (ruled(require=1), ["/policies/0/require"]),
    (ruled(approval_required="yes"), ["/policies/0/approval_required"]),
    (ruled(inclde=[]), ["/policies/0/inclde"]),
]
RULES = [
    (ruled({}), [WHERE]),
    (ruled({"everyone": {}, "email": {"email": "a@b.example"}}), [WHERE]),
    (ruled("everyone"), [WHERE]),
    (ruled(None), [WHERE]),
    (ruled([EVERYONE]), [WHERE]),
    (ruled({"teleport": {}}), [f"{WHERE}/teleport"]),
    (ruled({"a/b~c": {}}), [f"{WHERE}/a~1b~0c"]),
    (ruled({"Everyone": {}}), [f"{WHERE}/Everyone"]),
    (ruled({"everyone": None}), [f"{WHERE}/everyone"]),
    (ruled({"everyone": {"x": 1}}), [f"{WHERE}/everyone"]),
    (ruled({"email": "a@b.example"}), [f"{WHERE}/email"]),
    (ruled({"email": {}}), [f"{WHERE}/email"]),
    (ruled({"email": {"email": 1}}), [f"{WHERE}/email/email"]),
    (ruled({"email": {"email": "a@b.example", "x": 1}}), [f"{WHERE}/email"]),
    (ruled({"email": {"email": "nobody"}}), [f"{WHERE}/email/email"]),
    (ruled({"email_domain": {"domain": "@"}}), [f"{WHERE}/email_domain/domain"]),
    (ruled({"email_domain": {"domain": "a b.example"}}), [f"{WHERE}/email_domain/domain"]),
    (ruled({"github-organization": {"name": "acme"}}), [f"{WHERE}/github-organization"]),
    (ruled({"azureAD": {"id": 7, "identity_provider_id": "x"}}), [f"{WHERE}/azureAD/id"]),
    (ruled({"ip": {"ip": "10.0.0.1/8"}}), [f"{WHERE}/ip/ip"]),
    (ruled({"ip": {"ip": "10.0.0.0/33"}}), [f"{WHERE}/ip/ip"]),
    (ruled({"ip": {"ip": "ten"}}), [f"{WHERE}/ip/ip"]),
    (ruled({"ip": {"ip": ""}}), [f"{WHERE}/ip/ip"]),
    (ruled({"ip": {"ip": "fe80::1%eth0"}}), [f"{WHERE}/ip/ip"]),
    (ruled({"geo": {"country_code": "XX1"}}), [f"{WHERE}/geo/country_code"]),
    (ruled({"geo": {"country_code": "QQ"}}), [f"{WHERE}/geo/country_code"]),
    (ruled({"geo": {"country_code": ""}}), [f"{WHERE}/geo/country_code"]),
    (
        ruled({"user_risk_score": {"user_risk_score": ["dire"]}}),
        [f"{WHERE}/user_risk_score/user_risk_score/0"],
    ),
    (ruled({"user_risk_score": {"user_risk_score": []}}), [f"{WHERE}/user_risk_score/user_risk_score"]),
    (ruled({"user_risk_score": {"user_risk_score": "low"}}), [f"{WHERE}/user_risk_score/user_risk_score"]),
    (ruled(EVERYONE, EVERYONE, {"ip": {"ip": "x"}}), ["/policies/0/include/2/ip/ip"]),
    (ruled({"email": {"email": "a@b.example"}}, decision="bypass"), [WHERE]),
    (ruled({"okta": {"name": "g", "identity_provider_id": "i"}}, decision="non_identity"), [WHERE]),
    (ruled(EVERYONE, decision="bypass", require=[{"login_method": {"id": "x"}}]), ["/policies/0/require/0"]),
    (ruled({"linked_app_token": {"app_uid": "x"}}), [WHERE]),
]
TEXTS = [
    b"",
    b"policies",
    b'{"policies": [',
    b'{"policies": []} x',
    b"[" * 33 + b"]" * 33,
    b"[" * 100_000,
    b'{"policies":' * 40 + b"1" + b"}" * 40,
    b'{"policies": ["\xff"]}',
    b'{"policies": ["\xed\xa0\x80"]}',
    b'{"policies": ["\\ud800"]}',
    b'{"policies": ["a\\u0000b"]}',
    b'{"policies": ["a\x00b"]}',
    b'{"policies": ["a\nb"]}',
    b'{"policies": [], "policies": []}',
    b'{"policies": [{"name": "x", "na\\u006de": "y"}]}',
    b'{"policies": [NaN]}',
    b'{"policies": [-Infinity]}',
    b'{"policies": [1e999]}',
    b'{"policies": [1,]}',
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\x00}\x00",
    b"policies=%5B%5D",
]


def check_refusal(answer: Answer, status: int, code: int) -> None:
    assert (answer.status, {error["code"] for error in answer.body["errors"]}) == (status, {code})
    assert answer.headers["x-should-retry"] == "false"
    assert answer.headers["Content-Type"].startswith("application/json")
    shape = {name: answer.body[name] for name in ("success", "messages", "result")}
    assert shape == {"success": False, "messages": [], "result": None}
    assert all(error["message"] for error in answer.body["errors"])


@pytest.mark.parametrize(("sent", "pointers"), SHAPES + RULES + REFERENCES)
async def test_a_fault_is_pointed_at(client: Client, sent: bytes, pointers: list[str]) -> None:
    answer = await client.call("POST", START, data=sent)
    check_refusal(answer, 400, 12130)
    assert sorted(pointer or "" for pointer, _ in answer.faults) == sorted(pointers)


@pytest.mark.parametrize("sent", TEXTS, ids=lambda sent: repr(sent[:24]))
async def test_what_is_no_json_is_refused(client: Client, sent: bytes) -> None:
    check_refusal(await client.call("POST", START, data=sent), 400, 12130)


async def test_every_fault_is_reported_at_once(client: Client) -> None:
    rules = [{"ip": {"ip": "x"}}, {"geo": {"country_code": "QQ"}}, {"nothing": {}}, EVERYONE]
    answer = await client.start(policy(*rules), policy(decision="maybe", exclude=[{}]))
    assert {pointer for pointer, _ in answer.faults} == {
        f"{WHERE}/ip/ip",
        "/policies/0/include/1/geo/country_code",
        "/policies/0/include/2/nothing",
        "/policies/1/decision",
        "/policies/1/exclude/0",
    }


async def test_an_unknown_reference_is_reported_with_the_other_faults(client: Client) -> None:
    answer = await client.start(policy({"group": {"id": "x"}}, {"ip": {"ip": "x"}}), "unknown")
    pointers = {pointer for pointer, _ in answer.faults}
    assert pointers == {f"{WHERE}/group/id", "/policies/0/include/1/ip/ip", "/policies/1"}


async def test_no_more_than_twenty_faults_are_reported(client: Client) -> None:
    answer = await client.start(policy(*[{"ip": {"ip": str(n)}} for n in range(50)]))
    check_refusal(answer, 400, 12130)
    assert [pointer for pointer, _ in answer.faults] == [f"/policies/0/include/{n}/ip/ip" for n in range(20)]


@pytest.mark.parametrize("pad", [1024 * 1024 + 1, 3 * 1024 * 1024])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_a_mebibyte_is_refused(client: Client, pad: int, *, chunked: bool) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b" " * pad

    sent = parts() if chunked else io.BytesIO(b" " * pad)
    check_refusal(await client.call("POST", START, data=sent), 413, 10413)


async def test_a_body_of_a_mebibyte_is_read(client: Client) -> None:
    sent = ruled()
    answer = await client.call("POST", START, data=sent + b" " * (1024 * 1024 - len(sent)))
    assert answer.status == 200


QUERIES = [
    *[("page", value) for value in ("0", "-1", "x", "", "1.0", "1e3", " 1", "+1", "\uff11", "9" * 40)],
    *[("per_page", value) for value in ("0", "1001", "-5", "all", "", "0x10", "10000000000000000000000")],
    *[("status", value) for value in ("", "maybe", "SUCCESS", "success,fail", "\0")],
]


@pytest.mark.parametrize(("name", "value"), QUERIES)
async def test_a_bad_query_is_refused_by_name(client: Client, name: str, value: str) -> None:
    test_id = (await client.start(policy())).result["id"]
    answer = await client.call("GET", f"{START}/{test_id}/users", params={name: value})
    check_refusal(answer, 400, 12130)
    assert f"`{name}`" in answer.faults[0][1]


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_bad_idempotency_key_is_refused(client: Client, key: str) -> None:
    check_refusal(await client.start(policy(), headers={"Idempotency-Key": key}), 400, 12130)


ENCODED = [
    *(
        ("gzip", b"no gzip"),
        ("gzip", b"\x1f\x8b\x08\x00"),
        ("deflate", b"\xff\xff\xff"),
        ("deflate", b"\x00\x01"),
    ),
    *(("br", b"x"), ("chunky", b"x")),
]


@pytest.mark.parametrize(("encoding", "sent"), ENCODED)
async def test_a_body_in_a_broken_encoding_is_the_clients_fault(
    client: Client, encoding: str, sent: bytes
) -> None:
    headers = [f"Authorization: Bearer {client.token}", f"Content-Length: {len(sent)}"]
    path = f"/accounts/{client.account}/access/policy-tests"
    async with line(client.url) as open_line:
        await open_line.say(head("POST", path, *headers, f"Content-Encoding: {encoding}") + sent)
        assert (await open_line.reply()).status in (400, 415)
