import asyncio

import pytest

from services.gateway.auth import REMEMBER_SECONDS
from shared.store import clients, logins, sessions, sweeps
from tests.gateway.cloudcms.program import ANN, HASHED, PASSWORD, program
from tests.gateway.cloudcms.sessions.test_auth_info import user_with_password
from tests.stack import Service, account_id

OTHER = HASHED[:-4] + "AAAA"


@pytest.fixture
async def website(service):
    return await program(service)


@pytest.fixture
async def connection(service):
    connection = await service.connect()
    yield connection
    await connection.close()


async def status(website, token):
    return (await website.holder(token).call("GET", "/auth/info")).status


async def ended(website, token):
    """Once what is remembered of it is forgotten."""
    async with asyncio.timeout(REMEMBER_SECONDS + 5):
        while await status(website, token) != 401:
            await asyncio.sleep(0.2)


async def test_expiring_ends_the_session_and_no_other(website):
    token, refresh = await website.pair()
    another = (await website.refreshed(refresh)).body["access_token"]
    elsewhere, kept = await website.pair()
    assert await status(website, another) == await status(website, elsewhere) == 200
    answer = await website.holder(token).call("POST", "/auth/expire", json={})
    assert (answer.status, answer.body) == (200, {"ok": True})
    assert await status(website, token) == await status(website, another) == 401
    assert (await website.refreshed(refresh)).body["error"] == "invalid_grant"
    assert await status(website, elsewhere) == 200
    assert (await website.refreshed(kept)).status == 200


async def test_expiring_is_not_for_reading(website):
    token, _ = await website.pair()
    assert (await website.holder(token).call("GET", "/auth/expire")).status == 405
    assert await status(website, token) == 200


async def test_a_token_of_the_command_line_has_no_session_to_end(client):
    answer = await client.call("POST", "/auth/expire")
    assert (answer.status, "gatehouse token revoke" in answer.body["message"]) == (400, True)
    assert (await client.call("GET", "/auth/info")).status == 200


async def test_a_revoked_client_ends_with_its_sessions(website, connection):
    token, refresh = await website.pair()
    assert await status(website, token) == 200
    await clients.revoke(connection, account_id(website.client), website.key)
    assert (await website.ask(**ANN)).body["error"] == "invalid_client"
    assert (await website.refreshed(refresh)).body["error"] == "invalid_client"
    await ended(website, token)


async def test_a_disabled_login_ends_with_its_sessions(website, connection):
    token, refresh = await website.pair()
    await logins.disable(connection, account_id(website.client), "Ann")
    assert (await website.ask(**ANN)).body["error"] == "invalid_grant"
    assert (await website.refreshed(refresh)).body["error"] == "invalid_grant"
    await ended(website, token)


async def test_another_password_ends_what_the_one_before_began(website, connection):
    token, refresh = await website.pair()
    await logins.set_password(connection, account_id(website.client), "ann", OTHER)
    assert (await website.ask(**ANN)).body["error"] == "invalid_grant"
    assert (await website.refreshed(refresh)).body["error"] == "invalid_grant"
    await ended(website, token)


@pytest.mark.parametrize("new", ["'another'", "NULL"])
async def test_so_does_a_users(service, website, connection, new):
    await user_with_password(service, website.client)
    token, refresh = await website.pair(username="bobby")
    assert await status(website, token) == 200
    change = f"UPDATE profile SET password = {new} WHERE account_id = $1"
    await connection.execute(change, account_id(website.client))
    assert (await website.refreshed(refresh)).body["error"] == "invalid_grant"
    await ended(website, token)


@pytest.mark.parametrize("way", ["by itself", "by an import"])
async def test_a_users_session_ends_with_the_user(service, website, way):
    user = await user_with_password(service, website.client)
    token, refresh = await website.pair(username="bobby")
    assert await status(website, token) == 200
    if way == "by itself":
        assert (await website.client.call("DELETE", f"{{a}}/access/users/{user}")).status in (200, 202)
    else:
        await website.client.imported('{"email": "bob@a.example", "deleted": true}\n')
    bob = ANN | {"username": "bobby"}
    assert (await website.ask(**bob)).body["error"] == "invalid_grant"
    assert (await website.refreshed(refresh)).body["error"] == "invalid_grant"
    await ended(website, token)


async def test_a_name_is_the_operators_login_before_a_users(service, website, connection):
    await user_with_password(service, website.client)
    account = account_id(website.client)
    await logins.create(connection, account, "bobby", HASHED, ["entitlements:write"])
    token, _ = await website.pair(username="bobby")
    assert "email" not in (await website.holder(token).call("GET", "/auth/info")).body["user"]
    await logins.disable(connection, account, "bobby")
    assert (await website.ask(**ANN | {"username": "bobby"})).body["error"] == "invalid_grant"


async def test_a_refresh_token_is_of_its_client_alone(service, website, connection):
    _, refresh = await website.pair()
    key, secret = await clients.create(connection, account_id(website.client), "app", ["admin"])
    app = type(website)(website.client, key, secret)
    for foreign in (app, await program(service)):
        assert (await foreign.refreshed(refresh)).body["error"] == "invalid_grant"
    assert (await website.refreshed(refresh)).status == 200


async def test_a_password_is_of_its_account_alone(service, website, connection):
    other = await program(service)
    await logins.create(connection, account_id(other.client), "carl", HASHED, ["admin"])
    assert (await other.ask(**ANN | {"username": "carl"})).status == 200
    assert (await website.ask(**ANN | {"username": "carl"})).body["error"] == "invalid_grant"


SCOPES = [
    (("admin",), ("entitlements:read",), {"entitlements:read"}),
    (("entitlements:read",), ("entitlements:write",), {"entitlements:read"}),
    (
        ("entitlements:write", "policies:read"),
        ("admin",),
        {"entitlements:write", "entitlements:read", "policies:read"},
    ),
    (("entitlements:write", "policies:read"), ("policies:read",), {"policies:read"}),
]


@pytest.mark.parametrize(("of_client", "of_login", "both"), SCOPES)
async def test_a_session_may_do_what_client_and_login_may(service, connection, of_client, of_login, both):
    website = await program(service, of_client, of_login)
    token, _ = await website.pair()
    held = await connection.fetchval("SELECT scopes FROM token WHERE public_id = $1", token.split("_")[1])
    assert set(held) == both
    assert await status(website, token) == (200 if "entitlements:read" in both else 403)


async def test_a_client_and_a_login_with_nothing_in_common_get_no_session(service):
    website = await program(service, ("policies:read",), ("entitlements:write",))
    assert (await website.ask(**ANN)).body["error"] == "invalid_scope"


async def test_what_is_made_is_made_by_whoever_logged_in(website):
    token, _ = await website.pair()
    ann = website.holder(token)
    assert (await ann.call("POST", "/roles", json={"roleKey": "boss", "permissions": ["READ"]})).status == 200
    assert (await ann.call("GET", "/roles/boss")).body["_system"]["created_by"] == "ann"
    entries = (await website.client.call("GET", "{a}/audit-log")).result
    assert entries[0]["actor"] == {"token_id": token.split("_")[1], "name": "ann"}


async def test_the_first_dialect_takes_the_token_too(website):
    token, _ = await website.pair()
    assert (await website.holder(token).call("GET", "{a}/access/users")).status == 200


async def test_what_expired_is_swept_away_and_nothing_else(website, connection):
    old, stale = await website.pair()
    _, kept = await website.pair()
    gone = stale.split("_")[1]
    await connection.execute("UPDATE session SET expires_at = now() WHERE session_id = $1", gone)
    assert (await website.refreshed(stale)).body["error"] == "invalid_grant"
    lived = (await website.refreshed(kept)).body["access_token"]
    await connection.execute(
        "UPDATE token SET expires_at = now() WHERE session_id = $1 AND public_id <> $2",
        *(kept.split("_")[1], lived.split("_")[1]),
    )
    await sweeps.forget_sessions(connection)
    left = await connection.fetch(
        "SELECT public_id, session_id FROM token WHERE account_id = $1 ORDER BY session_id NULLS FIRST",
        account_id(website.client),
    )
    assert [tuple(row) for row in left[1:]] == [(lived.split("_")[1], kept.split("_")[1])]
    assert left[0]["session_id"] is None
    await ended(website, old)


async def test_refreshing_lets_a_session_last_longer(website, connection):
    _, refresh = await website.pair()
    mine = refresh.split("_")[1]
    await connection.execute("UPDATE session SET expires_at = now() + '1 h' WHERE session_id = $1", mine)
    assert (await website.refreshed(refresh)).status == 200
    left = await connection.fetchval("SELECT expires_at - now() FROM session WHERE session_id = $1", mine)
    assert left.days == sessions.DAYS - 1


async def test_the_oldest_sessions_and_tokens_make_room(website, connection, monkeypatch):
    monkeypatch.setattr(sessions, "SESSIONS", 2)
    monkeypatch.setattr(sessions, "ACCESS_TOKENS", 3)
    account = account_id(website.client)
    client = await clients.find(connection, website.key)
    ann = await logins.find(connection, account, "ann")
    pairs = [await sessions.begin(connection, client, ann, ["admin"]) for _ in range(4)]
    ids = [pair.refresh.split("_")[1] for pair in pairs]
    assert [await sessions.find(connection, each) is None for each in ids] == [True, True, False, False]
    granted = [await sessions.access(connection, account, ids[-1]) for _ in range(4)]
    assert await status(website, granted[0]) == 401
    assert await status(website, granted[-3]) == 200


@pytest.fixture
async def talkative(running, tmp_path):
    """A gateway that logs all it can."""
    postgres, valkey = running
    service = Service(postgres.dsn, valkey.url, tmp_path, GATEHOUSE_LOG_LEVEL="debug")
    await service.start(workers=0)
    yield service
    await service.stop()


async def test_nothing_secret_is_logged(talkative):
    website = await program(talkative)
    access, refresh = await website.pair()
    await website.ask("query", **ANN)
    await website.ask("query", **ANN | {"password": "wrong horse"})
    await website.ask("all", **ANN | {"password": "wrong horse"})
    await website.refreshed(refresh, "query")
    async with website.client.session.get(
        f"{website.client.url}/auth/info?access_token={access}"
    ) as response:
        assert response.status == 200
    logged = (talkative.folder / "gateway.log").read_text()
    assert logged.count('"route": "/oauth/token"') == 5
    assert logged.count("login refused") == 2
    for secret in (
        PASSWORD,
        "wrong",
        "horse",
        "grant_type",
        "access_token=",
        access,
        refresh,
        website.secret,
    ):
        assert secret not in logged
    assert access.partition("_")[2].partition("_")[2] not in logged
