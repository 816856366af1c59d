import json
import uuid

import msgspec
import pytest

from shared.store import audit, clients, pool
from shared.wire.tokens import SCOPES, matches


async def stored(database: str, key: str) -> clients.Client | None:
    connection = await pool.connect(database)
    try:
        return await clients.find(connection, key)
    finally:
        await connection.close()


async def written(database: str, account: str, subject: str) -> list[dict]:
    """What the audit log says of a subject, oldest first."""
    connection = await pool.connect(database)
    try:
        page = await audit.page(connection, uuid.UUID(account), audit.Wanted(subject_id=subject))
    finally:
        await connection.close()
    return json.loads(msgspec.json.encode(page.entries[::-1]))


async def test_a_client_is_printed_as_drivers_call_its_parts(operate, ready, account):
    ended = await operate("client", "create", "--account", account, "--name", "website")
    parts = dict(line.split(" ") for line in ended.out.splitlines())
    found = await stored(ready, parts["clientKey"])
    assert found.account.hex == account
    assert matches(parts["clientSecret"].encode(), found.digest)
    assert found.scopes == set(SCOPES) - {"admin"}
    assert f"gatehouse client revoke --account {account} {parts['clientKey']}" in ended.err


async def test_scopes_are_as_asked(operate, ready, account):
    wanted = ("--scope", "entitlements:read", "--scope", "entitlements:read", "--json")
    facts = (await operate("client", "create", "--account", account, "--name", "app", *wanted)).facts
    assert facts["scopes"] == ["entitlements:read"]
    assert (await stored(ready, facts["client_key"])).scopes == {"entitlements:read"}


async def test_a_revoked_client_is_gone_for_its_own_account_alone(operate, ready, account):
    made = (await operate("client", "create", "--account", account, "--name", "app", "--json")).facts
    other = (await operate("account", "create", "Other")).out.strip()
    refused = await operate("client", "revoke", "--account", other, made["client_key"])
    assert (refused.code, "no such client in force" in refused.err) == (2, True)
    assert await stored(ready, made["client_key"]) is not None
    ended = await operate("client", "revoke", "--account", account, made["client_key"])
    assert (ended.code, ended.out) == (0, f"{made['client_key']}\n")
    assert await stored(ready, made["client_key"]) is None
    assert (await operate("client", "revoke", "--account", account, made["client_key"])).code == 2


async def test_the_audit_log_says_who_made_and_who_ended_a_client(operate, ready, account):
    scope = ("--scope", "admin")
    made = (await operate("client", "create", "--account", account, "--name", "app", *scope, "--json")).facts
    await operate("client", "revoke", "--account", account, made["client_key"])
    first, last = await written(ready, account, made["client_key"])
    document = {"client_key": made["client_key"], "name": "app", "scopes": ["admin"]}
    assert [(each["action"], each["kind"], each["document"]) for each in (first, last)] == [
        ("create", "client", document),
        ("delete", "client", document),
    ]
    assert first["after_digest"] == last["before_digest"]
    assert first["actor"]["token_id"] == "operator"
    assert made["client_secret"] not in str([first, last])


@pytest.mark.parametrize("command", [("client", "create", "--name", "x"), ("login", "create", "--generate")])
async def test_an_account_that_is_not_there_is_named(operate, command):
    nobody = uuid.uuid4().hex
    given = ("--username", "x") if command[0] == "login" else ()
    ended = await operate(*command, *given, "--account", nobody)
    assert ended.code == 2
    assert f"there is no account `{nobody}`" in ended.err
