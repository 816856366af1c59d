"""Who may call: told apart before anything of the body is read."""

import asyncio
import re

import pytest

from services.gateway.auth import Scope
from services.gateway.cloudcms import routes as cloudcms
from services.gateway.cloudflare.routes import ROUTES
from services.gateway.routing import Route
from shared.store import tokens
from shared.wire.tokens import SCOPES, Token, new, parse, text
from tests.gateway.rows import policy
from tests.gateway.sockets import head, line
from tests.gateway.test_bad_input import check_refusal
from tests.stack import Client, Service, account_id

START = "{a}/access/policy-tests"
ABSENT = "00000000-0000-4000-8000-000000000000"
# Whose scopes a path of an account is under; None: admin alone.
FAMILIES = {
    "access/policies": "policies",
    "access/groups": "policies",
    "gateway/lists": "policies",
    "access/policy-tests": "policy-tests",
    "access/evaluate": "policy-tests",
    "access/lint": "policy-tests",
    "access/users": "directory",
    "directory/imports": "directory",
    "audit-log": None,
}
# What a path of a platform ends with where a POST only asks.
ASKING = ("check", "collect", "expire", "find", "lookup", "query", "read", "/authorities")
# What carries things out of a platform and into it.
CARRYING = re.compile(r"/(jobs|vaults)(/.*)?|.*/(export|import)")
# What tells who the users are.
PRINCIPALS = "/domains/{domain}/principals"
PEOPLE = {
    ("GET", PRINCIPALS),
    ("POST", f"{PRINCIPALS}/query"),
    ("GET", PRINCIPALS + "/{principal}"),
    ("GET", PRINCIPALS + "/{principal}/members"),
    ("GET", "/teams/{team}/members"),
    ("GET", "/{datastores}/{datastore_id}/teams/{team}/members"),
}
MALFORMED = {
    "nothing": "",
    "no token": "Bearer",
    "a blank token": "Bearer ",
    "no token of ours": "Bearer x",
    "a password": "Basic YTpi",
    "another kind": f"Token {text(new())}",
    "one that is too short": f"Bearer {text(new())[:-1]}",
}


def path_of(route: Route, account: str) -> str:
    """The route's path in an account, with ids that nobody has."""
    return re.sub(r"\{\w+\}", ABSENT, route.path.replace("{account_id}", account))


def allowing(route: Route) -> set[str]:
    """The scopes that allow a route."""
    path = route.path.removeprefix("/accounts/{account_id}/")
    (family,) = [family for start, family in FAMILIES.items() if path.startswith(start)]
    if family is None:
        return {"admin"}
    reads = route.method == "GET" or path.endswith("/export")  # what an export says, whoever reads may see
    reading = {f"{family}:read"} if reads else set()
    return {"admin", f"{family}:write", *reading}


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("prefix", ["", "/client/v4"])
@pytest.mark.parametrize("route", ROUTES, ids=named)
async def test_without_a_token_nothing_is_answered(service: Service, prefix: str, route: Route) -> None:
    assert service.session is not None
    url = service.url + prefix + path_of(route, service.account)
    async with service.session.request(route.method, url, data=b"x" * 100) as response:
        assert (response.status, (await response.json())["errors"][0]["code"]) == (400, 9106)


@pytest.mark.parametrize("header", MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_token_is_refused(client: Client, header: str) -> None:
    check_refusal(await client.start(policy(), headers={"Authorization": header}), 400, 9106)


async def issued(service: Service, client: Client, days: int | None = None) -> str:
    connection = await service.connect()
    try:
        return await tokens.create_token(connection, account_id(client), SCOPES, "test", days)
    finally:
        await connection.close()


async def revoked(service: Service, client: Client, token: str) -> None:
    connection = await service.connect()
    try:
        parts = parse(token)
        assert parts is not None
        assert await tokens.revoke_token(connection, account_id(client), parts.public_id)
    finally:
        await connection.close()


async def test_an_unknown_revoked_or_expired_token_is_refused(service: Service, client: Client) -> None:
    dead = await issued(service, client)
    await revoked(service, client, dead)
    guessed = parse(client.token)
    assert guessed is not None
    wrong = text(Token(guessed.public_id, bytes(32)))
    for token in (text(new()), dead, await issued(service, client, -1), wrong):
        answer = await client.start(policy(), headers={"Authorization": f"Bearer {token}"})
        check_refusal(answer, 401, 1000)


async def test_a_token_in_use_ends_soon_after_it_is_revoked(service: Service, client: Client) -> None:
    token = await issued(service, client)
    headers = {"Authorization": f"Bearer {token}"}
    assert (await client.start(policy(), headers=headers)).status == 200
    await revoked(service, client, token)
    async with asyncio.timeout(8):
        while (await client.start(policy(), headers=headers)).status != 401:
            await asyncio.sleep(0.5)


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_token_allows_what_its_scope_says(service: Service, scope: str) -> None:
    client = await service.tenant(scopes=(scope,))
    for route in ROUTES:
        answer = await client.call(route.method, path_of(route, client.account), data=b"")
        if scope in allowing(route):
            assert answer.status < 500, named(route)
            assert answer.status not in (401, 403), named(route)
        else:
            check_refusal(answer, 403, 10000)


def allowing_on_platforms(route: Route) -> set[str]:
    """The scopes that allow a route of a platform."""
    if (route.method, route.template) in PEOPLE:
        return {"admin", "directory:read", "directory:write"}
    reads = route.method == "GET" or (route.method == "POST" and route.template.endswith(ASKING))
    family = "transfer" if CARRYING.fullmatch(route.template) else "entitlements"
    return {"admin", f"{family}:write", *([f"{family}:read"] if reads else [])}


def path_on_platforms(route: Route) -> str:
    """The route's path, with ids that nobody has."""
    path = route.template.replace("{datastores}", "stacks").replace("{domain}", "default")
    path = path.replace("{state}", "finished")
    return re.sub(r"\{\w+\}", ABSENT, path)


@pytest.mark.parametrize("route", cloudcms.ROUTES, ids=named)
async def test_without_a_token_no_platform_answers(service: Service, route: Route) -> None:
    assert service.session is not None
    url = service.url + path_on_platforms(route)
    async with service.session.request(route.method, url, data=b"x" * 100) as response:
        body = await response.json()
        assert (response.status, body["error"], body["ok"]) == (401, "invalid_token", False)
        assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_token_allows_on_platforms_what_its_scope_says(service: Service, scope: str) -> None:
    client = await service.tenant(scopes=(scope,))
    for route in cloudcms.ROUTES:
        answer = await client.call(route.method, path_on_platforms(route), data=b"")
        if scope in allowing_on_platforms(route):
            assert answer.status < 500, named(route)
            assert answer.status not in (401, 403), named(route)
        else:
            refusal = f"the token lacks the scope `{route.scope.value}`"
            assert (answer.status, answer.body["message"]) == (403, refusal), named(route)


@pytest.mark.parametrize("prefix", ["", "/client/v4"])
@pytest.mark.parametrize("length", ["Content-Length: 9999999999", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("path", ["access/policy-tests", "directory/imports"])
async def test_a_stranger_is_refused_before_the_body(
    service: Service, prefix: str, length: str, path: str
) -> None:
    url = f"{prefix}/accounts/{service.account}/{path}"
    async with line(service.url) as open_line:
        await open_line.say(head("POST", url, length, "Content-Type: application/x-ndjson"))
        assert (await open_line.reply()).status == 400


@pytest.mark.parametrize("path", ["access/policy-tests", "directory/imports"])
async def test_a_caller_of_another_account_is_refused_before_the_body(
    service: Service, client: Client, path: str
) -> None:
    url = f"/accounts/{service.account}/{path}"
    request = head("POST", url, "Content-Length: 9999999999", f"Authorization: Bearer {client.token}")
    async with line(service.url) as open_line:
        await open_line.say(request)
        assert (await open_line.reply()).status == 404


async def test_a_stranger_is_not_asked_to_go_on(service: Service) -> None:
    url = f"/accounts/{service.account}/directory/imports"
    async with line(service.url) as open_line:
        await open_line.say(head("POST", url, "Content-Length: 9999999999", "Expect: 100-continue"))
        assert (await open_line.reply()).status == 400


async def test_a_caller_who_waits_to_be_asked_is_asked(service: Service, client: Client) -> None:
    url = f"/accounts/{client.account}/directory/imports"
    headers = ("Content-Length: 25", f"Authorization: Bearer {client.token}", "Content-Type: text/csv")
    async with line(service.url) as open_line:
        await open_line.say(head("POST", url, *headers, "Expect: 100-continue"))
        assert (await open_line.reply()).status == 100
        await open_line.say(b"email\nann@acme.example  \n")
        assert (await open_line.reply()).status == 202


def test_every_scope_can_be_given() -> None:
    assert {scope.value for scope in Scope} == set(SCOPES)
