import asyncio
import base64

import pytest

from services.gateway import passwords
from tests.gateway.cloudcms.program import ANN, PASSWORD, program

STYLES = ["form", "query", "all"]


@pytest.fixture
async def website(service):
    return await program(service)


@pytest.mark.parametrize("style", STYLES)
async def test_a_password_gets_a_token_in_the_shape_that_clients_read(website, style):
    answer = await website.ask(style, **ANN)
    assert answer.status == 200
    access, refresh = answer.body.pop("access_token"), answer.body.pop("refresh_token")
    assert answer.body == {"token_type": "bearer", "expires_in": 86400, "scope": "api"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert access != refresh
    assert (await website.holder(access).call("GET", "/")).body["_doc"] == website.client.account


@pytest.mark.parametrize("style", STYLES)
async def test_a_refresh_token_gets_further_tokens_and_stays_what_it_is(website, style):
    first, refresh = await website.pair()
    answers = [await website.refreshed(refresh, style) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert {answer.body["refresh_token"] for answer in answers} == {refresh}
    tokens = {first, *(answer.body["access_token"] for answer in answers)}
    assert len(tokens) == 3
    for token in tokens:
        assert (await website.holder(token).call("GET", "/auth/info")).status == 200


async def test_what_some_clients_send_besides_is_nobodys_business(website):
    stray = {"ticketMaxAge": "1", "access_token": "", "clientId": "x"}
    assert (await website.sent(headers=website.basic, params=stray, data=ANN)).status == 200
    labelled = {"Content-Type": "application/json"}
    assert (await website.sent(params=ANN, data=b"{}", headers=website.basic | labelled)).status == 200
    both = {**ANN, "client_id": website.key}
    assert (await website.sent(headers=website.basic, data=both)).status == 200
    assert (await website.ask(**ANN | {"scope": ""})).status == 200


async def test_case_and_width_of_a_name_do_not_count(website):
    assert (await website.ask(**ANN | {"username": "\uff21NN"})).status == 200


WRONG = [
    ("invalid_grant", {"password": "wrong"}),
    ("invalid_grant", {"password": PASSWORD.upper()}),
    ("invalid_grant", {"password": "nul\0"}),
    ("invalid_grant", {"username": "nobody"}),
    ("invalid_grant", {"username": "nul\0"}),
    ("invalid_grant", {"username": "n" * 5000}),
    ("invalid_request", {"username": ""}),
    ("invalid_request", {"password": "p" * 1025}),
    ("invalid_request", {"grant_type": ""}),
    ("invalid_grant", {"password": ""}),
    ("unsupported_grant_type", {"grant_type": "authorization_code", "code": "x"}),
    ("unsupported_grant_type", {"grant_type": "client_credentials"}),
    ("invalid_request", {"grant_type": "refresh_token"}),
    ("invalid_grant", {"grant_type": "refresh_token", "refresh_token": "x"}),
]


@pytest.mark.parametrize(("word", "changed"), WRONG)
@pytest.mark.parametrize("style", STYLES)
async def test_what_is_wrong_is_said_in_the_words_of_oauth(website, style, word, changed):
    answer = await website.ask(style, **ANN | changed)
    assert (answer.status, answer.body["error"]) == (400, word)
    assert answer.body["message"] == answer.body["error_description"]
    assert answer.body["ok"] is False


@pytest.mark.parametrize("left_out", ["grant_type", "username", "password"])
async def test_what_is_missing_is_said(website, left_out):
    answer = await website.ask(**{name: text for name, text in ANN.items() if name != left_out})
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")
    assert f"`{left_out}`" in answer.body["message"]


async def test_an_unknown_user_and_a_wrong_password_are_answered_alike(website):
    unknown = await website.ask(**ANN | {"username": "nobody"})
    wrong = await website.ask(**ANN | {"password": "wrong"})
    assert unknown.body == wrong.body


def basic(text):
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


CLIENTS = ["unknown:secret", "{key}:wrong", "{key}:", "nocolon", "\0:\0", f"{'k' * 999}:x"]


@pytest.mark.parametrize("sent", CLIENTS)
async def test_a_client_that_is_not_known_is_asked_who_it_is(website, sent):
    answer = await website.sent(data=ANN, headers=basic(sent.replace("{key}", website.key)))
    assert (answer.status, answer.body["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="clients"'


@pytest.mark.parametrize("header", ["Basic", "Basic %%%", "Basic /w==", "Bearer x", ""])
async def test_so_is_one_that_says_nothing_that_can_be_read(website, header):
    answer = await website.sent(data=ANN, headers={"Authorization": header})
    assert (answer.status, answer.body["error"]) == (401, "invalid_client")


async def test_a_secret_in_the_address_does_not_count(website):
    known = {"client_id": website.key, "client_secret": website.secret}
    assert (await website.sent(data=ANN, params=known)).body["error"] == "invalid_client"


BODIES = [
    b"username=a&username=b",
    b"client_id=another",
    b"username=%ff",
    b"\xff",
    b"&".join(b"a%d=1" % number for number in range(100)),
]


@pytest.mark.parametrize("body", BODIES)
async def test_a_form_that_can_be_read_in_two_ways_or_none_is_refused(website, body):
    answer = await website.sent(headers=website.basic, params={"grant_type": "password"}, data=body)
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


async def test_a_form_is_not_large(website):
    assert (await website.sent(headers=website.basic, data=b"a=" + b"a" * 70_000)).status == 413


async def test_only_post_gets_a_token(website):
    assert (await website.client.call("GET", "/oauth/token")).status == 405


async def test_who_guesses_is_told_to_wait_and_others_are_not(service, website):
    for _ in range(passwords.FAILURES):
        assert (await website.ask(**ANN | {"password": "wrong"})).status == 400
    refused = await website.ask(**ANN)
    assert refused.status == 429
    assert refused.body["error"]
    assert 200 < int(refused.headers["Retry-After"]) == refused.body["retry_after"] <= 300
    assert (await website.ask(**ANN | {"username": "ANN"})).status == 429
    assert (await website.ask(**ANN | {"username": "bob"})).status == 400
    assert (await (await program(service)).ask(**ANN)).status == 200


async def test_failures_at_once_count_each(website):
    wrong = ANN | {"password": "wrong"}
    answers = await asyncio.gather(*(website.ask(**wrong) for _ in range(passwords.FAILURES + 5)))
    statuses = [answer.status for answer in answers]
    assert set(statuses) == {400, 429}
    assert statuses.count(400) <= passwords.FAILURES


async def test_a_success_forgets_the_failures_before_it(website):
    for _ in range(2):
        for _ in range(passwords.FAILURES - 1):
            await website.ask(**ANN | {"password": "wrong"})
        assert (await website.ask(**ANN)).status == 200
