import re

import pytest

from services.gateway.cloudcms import routes
from shared.directory.login import folded_login
from tests.gateway.cloudcms.program import HASHED, program
from tests.stack import account_id

PLACEHOLDER = re.compile(r"\{\w+(?::(\w+)[^}]*)?\}")
BOB = '{"email": "bob@a.example", "name": "Bob B"}\n'


@pytest.fixture
async def website(service):
    return await program(service)


async def user_with_password(service, client) -> str:
    """A user of the directory who may log in as `Bobby`; the id."""
    assert (await client.imported(BOB))["users_created"] == 1
    connection = await service.connect()
    try:
        user = await connection.fetchval(
            "SELECT user_id FROM users WHERE account_id = $1 AND address = 'bob@a.example'",
            account_id(client),
        )
        await connection.execute(
            "INSERT INTO profile (account_id, user_id, login, folded, document, password,"
            " created_at, created_by, modified_at, modified_by)"
            " VALUES ($1, $2, 'Bobby', $3, '{}', $4, now(), 'x', now(), 'x')",
            *(account_id(client), user, folded_login("Bobby"), HASHED),
        )
    finally:
        await connection.close()
    return str(user)


async def test_who_logged_in_is_told_in_the_shape_that_clients_read(website):
    token, _ = await website.pair()
    info = (await website.holder(token).call("GET", "/auth/info")).body
    account = website.client.account
    principal = info.pop("principalId")
    assert info == {
        "principalDomainId": "default",
        "principalName": "ann",
        "tenantId": account,
        "tenantTitle": "test",
        "clientId": website.key,
        "ticket": token,
        "user": {"_doc": principal, "name": "ann", "title": "ann", "type": "USER", "domainId": "default"},
        "tenant": {"_doc": account, "title": "test", "platformId": account},
    }
    again, _ = await website.pair()
    assert (await website.holder(again).call("GET", "/auth/info")).body["principalId"] == principal


async def test_a_token_of_the_command_line_is_told_by_its_name(client):
    info = (await client.call("GET", "/auth/info")).body
    assert (info["principalName"], info["clientId"]) == ("test", None)
    assert info["principalId"] == info["user"]["_doc"] == client.token.split("_")[1]


async def test_a_user_of_the_directory_logs_in_to_read(service, website):
    user = await user_with_password(service, website.client)
    token, _ = await website.pair(username="BOBBY")
    bob = website.holder(token)
    info = (await bob.call("GET", "/auth/info")).body
    assert (info["principalId"], info["principalName"]) == (user, "Bobby")
    assert (info["user"]["title"], info["user"]["email"]) == ("Bob B", "bob@a.example")
    written = await bob.call("POST", "/roles", json={"roleKey": "x", "permissions": ["READ"]})
    assert (written.status, "entitlements:write" in written.body["message"]) == (403, True)
    assert (await bob.call("GET", "{a}/access/users")).status == 403


@pytest.mark.parametrize("path", ["/", "/?full=true&metadata=true"])
async def test_the_platform_is_the_account(client, path):
    answer = await client.call("GET", path)
    assert answer.body == {"_doc": client.account, "title": "test", "type": "platform"}


async def test_everything_but_getting_a_token_wants_one(client):
    assert [(entrance.method, entrance.path) for entrance in routes.ENTRANCES] == [("POST", "/oauth/token")]
    for route in routes.ROUTES:
        path = PLACEHOLDER.sub(lambda found: found[1] or "x", route.path)
        async with client.session.request(route.method, client.url + path) as response:
            body = await response.json()
        assert (response.status, body["error"]) == (401, "invalid_token"), route
        assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


WAYS = [
    {"headers": {"Authorization": "Bearer {}"}},
    {"headers": {"Authorization": "bearer {}"}},
    {"headers": {"GITANA_TICKET": "{}"}},
    {"cookies": {"GITANA_TICKET": "{}"}},
    {"params": {"access_token": "{}"}},
]


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("known", [True, False])
async def test_a_token_may_be_sent_in_several_ways(website, way, known):
    token, _ = await website.pair()
    sent = {
        part: {name: text.format(token if known else "gate_x") for name, text in given.items()}
        for part, given in way.items()
    }
    async with website.client.session.get(website.client.url + "/auth/info", **sent) as response:
        body = await response.json()
    if known:
        assert body["ticket"] == token
    else:
        assert (response.status, body["error"]) == (401, "invalid_token")
        assert body["error_description"].startswith("Invalid access token")


async def test_a_refresh_token_is_no_access_token(website):
    _, refresh = await website.pair()
    assert (await website.holder(refresh).call("GET", "/auth/info")).status == 401


STRANGE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]
OWN = [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "{url}"}]


@pytest.mark.parametrize("headers", [*STRANGE, *OWN], ids=str)
@pytest.mark.parametrize("kept", ["cookie", "header"])
async def test_by_a_cookie_no_page_of_another_site_changes_anything(website, headers, kept):
    token, _ = await website.pair()
    url = website.client.url
    given = {name: text.format(url=url) for name, text in headers.items()} | {"Content-Type": "text/plain"}
    ticket = {"GITANA_TICKET": token}
    sent = {"headers": given, "cookies": ticket} if kept == "cookie" else {"headers": given | ticket}
    async with website.client.session.post(url + "/access/policies", data=b"{}", **sent) as response:
        refused = kept == "cookie" and headers in STRANGE
        assert response.status == (403 if refused else 200), await response.text()
