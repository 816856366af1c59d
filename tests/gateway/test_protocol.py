"""HTTP that no client of ours sends."""

import json

import pytest

from tests.gateway.rows import policy
from tests.gateway.sockets import head, line
from tests.stack import Client, Service

ABSENT = "00000000-0000-4000-8000-000000000000"
TESTS, IMPORTS = "{a}/access/policy-tests", "{a}/directory/imports"
METHODS = [
    *[(method, path) for method in ("PUT", "PATCH", "DELETE", "TRACE") for path in (TESTS, IMPORTS)],
    ("GET", IMPORTS),
    *[("POST", f"{path}/{ABSENT}") for path in (TESTS, IMPORTS)],
    *[("PROPFIND", TESTS), ("OPTIONS", TESTS)],
]
# Outside what the first dialect has.
METHODS_ELSEWHERE = [
    *[(method, path) for method in ("PUT", "PATCH", "DELETE", "TRACE") for path in ("/roles", "/teams")],
    *[("POST", "/livez"), ("DELETE", "/metrics"), ("PROPFIND", "/roles"), ("OPTIONS", "/oauth/token")],
    *[("GET", "/oauth/token"), ("POST", "/stacks/x/roles"), ("PATCH", "/roles/x"), ("DELETE", "/")],
]
UNKNOWN = [
    *(
        "/accounts",
        "{a}",
        "{a}/",
        f"{TESTS}/",
        f"{TESTS}/{ABSENT}/",
        f"{TESTS}/{ABSENT}/users/",
        "{a}/access",
    ),
    *("/client/v5{a}/access/policy-tests", "/client/v4/livez"),
    "/accounts//access/policy-tests",
]
UNKNOWN_ELSEWHERE = [
    *(
        "/client",
        f"//{TESTS}",
        "/%00",
        "/..%2f..%2fetc",
        "/favicon.ico",
        "/livez/",
        "/METRICS",
        "/%ff%fe",
        "/accounts/%2e%2e/x",
    ),
    *(
        "/access",
        "/access/",
        "/roles/",
        "/roles/a/b",
        "/clouds/x/teams",
        "/stacks//teams",
        "/platforms/x/roles",
    ),
]


@pytest.mark.parametrize(("method", "path"), METHODS)
async def test_another_method_is_not_allowed(client: Client, method: str, path: str) -> None:
    answer = await client.call(method, path)
    assert (answer.status, answer.body["success"]) == (405, False)
    assert answer.headers["x-should-retry"] == "false"


@pytest.mark.parametrize(("method", "path"), METHODS_ELSEWHERE)
async def test_another_method_is_not_allowed_elsewhere(client: Client, method: str, path: str) -> None:
    answer = await client.call(method, path)
    assert (answer.status, answer.body["error"], answer.body["ok"]) == (405, True, False)
    assert answer.body["status"] == 405
    assert answer.body["message"] == f"only {answer.headers['Allow']} on this path"


async def test_what_is_allowed_instead_is_said(client: Client) -> None:
    assert (await client.call("PUT", TESTS)).headers["Allow"] == "GET, POST"
    assert (await client.call("PUT", IMPORTS)).headers["Allow"] == "POST"
    assert (await client.call("PUT", "/roles")).headers["Allow"] == "GET, POST"


@pytest.mark.parametrize("path", UNKNOWN)
async def test_an_unknown_path_is_no_route(client: Client, path: str) -> None:
    answer = await client.call("GET", path)
    assert (answer.status, answer.body["errors"][0]["code"]) == (404, 7003)
    assert "X-Request-ID" in answer.headers


@pytest.mark.parametrize("path", UNKNOWN_ELSEWHERE)
async def test_an_unknown_path_is_no_route_elsewhere(client: Client, path: str) -> None:
    answer = await client.call("GET", path)
    refusal = {"error": True, "ok": False, "message": "there is no such route", "status": 404}
    assert (answer.status, answer.body) == (404, refusal)
    assert "X-Request-ID" in answer.headers


IDS = [
    "x",
    "1",
    "null",
    ABSENT.replace("-", ""),
    ABSENT + "0",
    "%00",
    "%F0%9F%98%80",
    "x" * 300,
    "'",
    "*",
]


@pytest.mark.parametrize("given", IDS)
@pytest.mark.parametrize(
    "path", ["access/policy-tests/{}", "access/policy-tests/{}/users", "directory/imports/{}"]
)
async def test_an_id_that_is_none_is_absent(client: Client, path: str, given: str) -> None:
    answer = await client.call("GET", "{a}/" + path.format(given))
    assert (answer.status, answer.body["errors"][0]["code"]) == (404, 12135)


@pytest.mark.parametrize("account", ["x", "0" * 31, "0" * 33, "%00", "G" * 32, "*"])
async def test_an_account_that_is_none_is_no_route(client: Client, account: str) -> None:
    answer = await client.call("GET", f"/accounts/{account}/access/policy-tests/{ABSENT}")
    assert (answer.status, answer.body["errors"][0]["code"]) == (404, 7003)


async def test_ids_are_taken_in_either_case(client: Client) -> None:
    test_id = (await client.start(policy())).result["id"]
    assert (await client.call("GET", f"{TESTS}/{test_id.upper()}")).result["id"] == test_id


@pytest.mark.parametrize("given", ["abc-123", "x" * 64, "~!@#$%^&*()"])
async def test_a_request_id_comes_back(client: Client, given: str) -> None:
    answer = await client.call("GET", "/livez", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "\u00e4", "a\tb"])
async def test_a_request_id_that_could_do_harm_is_replaced(client: Client, given: str) -> None:
    answer = await client.call("GET", "/livez", headers={"X-Request-ID": given})
    assert len(answer.headers["X-Request-ID"]) == 32


JUNK = [
    b"GET\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"G\x00T / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: \x00\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
]


@pytest.mark.parametrize("request_bytes", JUNK, ids=lambda sent: repr(sent[:40]))
async def test_junk_is_refused_and_the_next_caller_served(service: Service, request_bytes: bytes) -> None:
    async with line(service.url) as open_line:
        await open_line.say(request_bytes)
        reply = await open_line.reply()
        assert 400 <= reply.status < 500
        assert b"Traceback" not in reply.body
    assert (await service.client.call("GET", "/livez")).status == 200


async def test_nothing_is_smuggled_behind_a_body(service: Service, client: Client) -> None:
    path = f"/accounts/{client.account}/access/policy-tests"
    inner = head("GET", "/version")
    sent = (
        head("POST", path, f"Content-Length: {len(inner)}", f"Authorization: Bearer {client.token}") + inner
    )
    async with line(service.url) as open_line:
        await open_line.say(sent + head("GET", "/livez"))
        first, second = await open_line.reply(), await open_line.reply()
    assert first.status == 400
    assert json.loads(second.body) == {"status": "ok"}
