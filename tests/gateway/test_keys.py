"""A token as X-Auth-Key beside X-Auth-Email, as older clients send it; what they leave out is explained."""

from typing import Any

import pytest
from multidict import CIMultiDict

from shared.store import tokens
from shared.wire.tokens import SCOPES, new, parse, text
from tests.gateway.rows import policy
from tests.gateway.test_bad_input import check_refusal
from tests.stack import Answer, Client, Service, account_id

START = "/accounts/{}/access/policy-tests"
ANN = "ann@acme.example"
KEY, MINE, NOBODYS, MALFORMED = (
    "X-Auth-Key",
    "<mine>",
    text(new()),
    "c2547eb745079dac9320b638f5e225cf483cc5cfdda41",
)


async def issued(service: Service, client: Client, email: str | None) -> str:
    connection = await service.connect()
    try:
        return await tokens.create_token(connection, account_id(client), SCOPES, "test", None, email)
    finally:
        await connection.close()


async def asked(client: Client, token: str, *headers: tuple[str, str]) -> Answer:
    """The answer to a start with these headers alone, MINE being the token."""
    sent = CIMultiDict((name, value.replace(MINE, token)) for name, value in headers)
    url, body = client.url + START.format(client.account), {"policies": [policy()]}
    async with client.session.post(url, json=body, headers=sent) as response:
        return Answer(response.status, await response.json(), dict(response.headers))


# The address that the token was made for, the one that is sent.
FITTING = [
    (ANN, ANN),
    (ANN, "Ann@ACME.example"),
    (ANN, "\uff21nn@acme.example"),
    ("ann@xn--bcher-kva.example", "ann@b\u00fccher.example"),
    (None, ANN),
    (None, "somebody@else.example"),
    (None, "no address"),
]


@pytest.mark.parametrize(("made_for", "sent"), FITTING)
async def test_a_token_is_a_key(service: Service, client: Client, made_for: str | None, sent: str) -> None:
    token = await issued(service, client, made_for)
    answer = await asked(client, token, ("X-Auth-Email", sent), (KEY, MINE))
    assert (await client.status(answer.result["id"]))["status"] in ("processing", "complete")


@pytest.mark.parametrize(
    "sent", ["bob@acme.example", "ann@acme.example.evil.example", "x", "ann", "\u00e4", "@"]
)
async def test_a_key_made_for_an_address_goes_with_no_other(
    service: Service, client: Client, sent: str
) -> None:
    answer = await asked(client, await issued(service, client, ANN), ("X-Auth-Email", sent), (KEY, MINE))
    check_refusal(answer, 403, 10000)
    assert ANN not in str(answer.body)


BESIDE_A_BEARER: list[list[tuple[str, str]]] = [
    [("X-Auth-Email", "bob@acme.example")],
    [("X-Auth-Email", "")],
    [(KEY, MALFORMED)],
    [("X-Auth-Email", ANN), (KEY, NOBODYS)],
    [("X-Auth-Email", ANN), ("X-Auth-Email", ANN)],
    [("X-Auth-User-Service-Key", "v1.0-abc")],
]


@pytest.mark.parametrize("beside", BESIDE_A_BEARER)
async def test_a_bearer_decides_alone(
    service: Service, client: Client, beside: list[tuple[str, str]]
) -> None:
    token = await issued(service, client, ANN)
    assert (await asked(client, token, ("Authorization", f"Bearer {MINE}"), *beside)).status == 200


@pytest.mark.parametrize("bearer", ["", f"Bearer {MALFORMED}", "Basic YTpi"])
async def test_a_key_does_not_mend_a_bearer(client: Client, bearer: str) -> None:
    headers = (("Authorization", bearer), ("X-Auth-Email", ANN), (KEY, MINE))
    check_refusal(await asked(client, client.token, *headers), 400, 9106)


# What is sent, a word that the answer must have.
UNSAID: list[tuple[list[tuple[str, str]], str]] = [
    ([], "Missing X-Auth-Key, X-Auth-Email or Authorization"),
    ([("X-Auth-Email", ANN)], "Unset CLOUDFLARE_EMAIL"),
    ([("X-Auth-Email", ANN)], "drops its API token"),
    ([("X-Auth-Email", ANN), (KEY, "")], "Missing X-Auth-Key"),
    ([(KEY, MINE)], "Missing X-Auth-Email"),
    ([(KEY, MINE)], "Unset CLOUDFLARE_API_KEY"),
    ([(KEY, MINE), ("X-Auth-Email", "")], "Missing X-Auth-Email"),
    ([("X-Auth-Email", ANN), (KEY, MALFORMED)], "Malformed X-Auth-Key"),
    ([("X-Auth-Email", ANN), (KEY, f"Bearer {MINE}")], "Malformed X-Auth-Key"),
    ([("X-Auth-Email", ANN), (KEY, f"{MINE}, {MINE}")], "Malformed X-Auth-Key"),
    ([("X-Auth-Email", ANN), (KEY, MINE), (KEY, MINE)], "X-Auth-Key came 2 times"),
    ([("X-Auth-Email", ANN), ("X-Auth-Email", ANN), (KEY, MINE)], "X-Auth-Email came 2 times"),
    ([("Authorization", f"Bearer {MINE}")] * 2, "Authorization came 2 times"),
    ([("X-Auth-User-Service-Key", "v1.0-abc")], "X-Auth-User-Service-Key is not supported"),
    ([("X-Auth-User-Service-Key", "v1.0-abc"), ("X-Auth-Email", ANN)], "X-Auth-User-Service-Key is not"),
]


@pytest.mark.parametrize(("headers", "said"), UNSAID)
async def test_what_is_missing_is_said(client: Client, headers: list[tuple[str, str]], said: str) -> None:
    answer = await asked(client, client.token, *headers)
    check_refusal(answer, 400, 9106)
    assert said in answer.faults[0][1]
    assert client.token not in str(answer)
    assert MALFORMED not in str(answer)


async def test_an_unknown_key_is_refused(client: Client) -> None:
    check_refusal(await asked(client, "", ("X-Auth-Email", ANN), (KEY, NOBODYS)), 401, 1000)


async def test_a_revoked_key_is_refused(service: Service, client: Client) -> None:
    token = await issued(service, client, ANN)
    connection = await service.connect()
    try:
        parts = parse(token)
        assert parts is not None
        assert await tokens.revoke_token(connection, account_id(client), parts.public_id)
    finally:
        await connection.close()
    check_refusal(await asked(client, token, ("X-Auth-Email", ANN), (KEY, MINE)), 401, 1000)


async def test_neither_a_key_nor_an_address_is_logged(service: Service, client: Client) -> None:
    token, written = await issued(service, client, ANN), service.gateway.log
    for given in (token, NOBODYS, MALFORMED):
        await asked(client, token, ("X-Auth-Email", "canary@acme.example"), (KEY, given))
        await asked(client, token, (KEY, given))
    found: dict[str, Any] = {
        part: part in written.read_text() for part in (token, NOBODYS, MALFORMED, "canary@")
    }
    assert not any(found.values()), found
