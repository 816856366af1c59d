import json
import os
import pwd
import uuid

import msgspec
import pytest

from shared.store import audit, pool, tokens
from shared.wire.tokens import SCOPES, matches, parse


async def stored(database: str, text: str) -> tokens.StoredToken | None:
    connection = await pool.connect(database)
    try:
        return await tokens.find_token(connection, parse(text).public_id)
    finally:
        await connection.close()


async def written(database: str, account: str, text: str) -> list[dict]:
    """What the audit log says of a token, oldest first."""
    wanted = audit.Wanted(subject_id=parse(text).public_id)
    connection = await pool.connect(database)
    try:
        page = await audit.page(connection, uuid.UUID(account), wanted)
    finally:
        await connection.close()
    return json.loads(msgspec.json.encode(page.entries[::-1]))


async def test_a_token_is_printed_alone_and_opens_its_account(operate, ready, account):
    ended = await operate("token", "create", "--account", account, "--name", "ci")
    found = await stored(ready, ended.out.strip())
    assert found.account.hex == account
    assert matches(parse(ended.out.strip()).secret, found.digest)
    assert found.scopes == set(SCOPES) - {"admin"}
    assert found.expires_at is None


async def test_scopes_and_days_are_as_asked(operate, ready, account):
    wanted = ("--scope", "admin", "--scope", "admin", "--scope", "directory:read", "--days", "9")
    facts = (await operate("token", "create", "--account", account, "--name", "x", *wanted, "--json")).facts
    found = await stored(ready, facts["token"])
    assert facts["scopes"] == ["admin", "directory:read"]
    assert found.scopes == {"admin", "directory:read"}
    assert found.expires_at is not None


@pytest.mark.parametrize("whole", [True, False])
async def test_a_revoked_token_opens_nothing(operate, ready, account, *, whole: bool):
    text = (await operate("token", "create", "--account", account, "--name", "ci")).out.strip()
    public = parse(text).public_id
    ended = await operate("token", "revoke", "--account", account, text if whole else public)
    assert (ended.code, ended.out) == (0, f"{public}\n")
    assert await stored(ready, text) is None
    assert (await operate("token", "revoke", "--account", account, public)).code == 2


async def test_a_token_is_revoked_by_its_own_account_alone(operate, ready, account):
    text = (await operate("token", "create", "--account", account, "--name", "ci")).out.strip()
    other = (await operate("account", "create", "Other")).out.strip()
    ended = await operate("token", "revoke", "--account", other, text)
    assert ended.code == 2
    assert "the account has no such token in force" in ended.err
    assert text not in ended.err
    assert await stored(ready, text) is not None


async def test_an_account_that_is_not_there_is_named(operate):
    nobody = uuid.uuid4().hex
    ended = await operate("token", "create", "--account", nobody, "--name", "ci")
    assert ended.code == 2
    assert f"there is no account `{nobody}`" in ended.err


EMAILS = [
    ((), None),
    (("--email", "ann@acme.example"), "ann@acme.example"),
    (("--email", "Ann@B\u00fccher.example"), "ann@xn--bcher-kva.example"),
]


@pytest.mark.parametrize(("given", "kept"), EMAILS)
async def test_an_address_is_kept_in_its_canonical_form(operate, ready, account, given, kept):
    facts = (await operate("token", "create", "--account", account, "--name", "ci", *given, "--json")).facts
    assert facts["email"] == (await stored(ready, facts["token"])).email == kept


async def test_the_audit_log_says_who_made_and_who_ended_a_token(operate, ready, account):
    wanted = ("--scope", "admin", "--email", "Ann@acme.example", "--name", "ci")
    text = (await operate("token", "create", "--account", account, *wanted)).out.strip()
    await operate("token", "revoke", "--account", account, text)
    await operate("token", "revoke", "--account", account, text)
    made, ended = await written(ready, account, text)
    public = parse(text).public_id
    grant = {
        "public_id": public,
        "name": "ci",
        "scopes": ["admin"],
        "email": "ann@acme.example",
        "expires_at": None,
    }
    whoever = {"token_id": "operator", "name": pwd.getpwuid(os.getuid()).pw_name}
    assert (made["actor"], made["action"], made["kind"], made["document"]) == (
        whoever,
        "create",
        "token",
        grant,
    )
    assert (ended["actor"], ended["action"], ended["kind"], ended["document"]) == (
        whoever,
        "delete",
        "token",
        grant,
    )
    assert (made["before_digest"], ended["after_digest"]) == (None, None)
    assert made["after_digest"] == ended["before_digest"]
    assert text.partition(f"{public}_")[2] not in str([made, ended])


@pytest.mark.parametrize(
    "arguments",
    [("--scope", "everything"), ("--days", "0"), ("--name", ""), ("--email", "nobody"), ("--email", "")],
)
async def test_what_no_token_can_be_is_refused(run, arguments: tuple[str, ...]):
    whom = ("--account", "1" * 32, "--name", "ci")
    assert (await run("token", "create", *whom, *arguments)).code == 2
