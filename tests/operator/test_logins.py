import uuid

import pytest

from shared.store import logins, pool
from shared.wire.passwords import matches
from shared.wire.tokens import SCOPES
from tests.operator.test_clients import written

SECRET = "correct horse"


async def stored(database: str, account: str, username: str) -> logins.Login | None:
    connection = await pool.connect(database)
    try:
        return await logins.find(connection, uuid.UUID(account), username)
    finally:
        await connection.close()


@pytest.fixture
def ann():
    """A name that nobody has yet."""
    return f"Ann {uuid.uuid4().hex}"


@pytest.fixture
def login(operate, account, ann):
    async def ran(command: str, *arguments: str, said: str = ""):
        return await operate("login", command, "--account", account, "--username", ann, *arguments, said=said)

    return ran


async def test_a_password_is_read_from_standard_input_and_never_shown(login, ready, account, ann):
    ended = await login("create", "--password-stdin", said=f"{SECRET}\nmore\n")
    assert (ended.code, ended.out) == (0, f"{ann}\n")
    assert SECRET not in ended.err
    found = await stored(ready, account, ann.upper())
    assert (found.name, found.scopes) == (ann, set(SCOPES) - {"admin"})
    assert matches(SECRET, found.password)


async def test_a_generated_password_is_shown_once(login, ready, account, ann):
    made = await login("create", "--generate", "--scope", "entitlements:read", "--json")
    assert made.facts["username"] == ann
    found = await stored(ready, account, ann)
    assert matches(made.facts["password"], found.password)
    assert found.scopes == {"entitlements:read"}
    changed = await login("password", "--generate")
    assert len(changed.out.strip()) == 24
    assert changed.out.strip() != made.facts["password"]
    assert matches(changed.out.strip(), (await stored(ready, account, ann)).password)


async def test_a_name_is_taken_once_in_an_account(login, operate, ann):
    assert (await login("create", "--generate")).code == 0
    again = await login("create", "--generate")
    assert (again.code, f"has a login `{ann}` already" in again.err) == (2, True)
    other = (await operate("account", "create", "Other")).out.strip()
    there = await operate("login", "create", "--account", other, "--username", ann, "--generate")
    assert there.code == 0


async def test_a_disabled_login_is_let_in_again_by_another_password(login, ready, account, ann):
    await login("create", "--generate")
    disabled = await login("disable")
    assert (disabled.code, f"login `{ann}` is disabled" in disabled.err) == (0, True)
    assert await stored(ready, account, ann) is None
    assert (await login("password", "--password-stdin", said=SECRET)).code == 0
    assert matches(SECRET, (await stored(ready, account, ann)).password)


@pytest.mark.parametrize("command", ["disable", "password"])
async def test_a_login_that_is_not_there_is_named(login, ann, command):
    ended = await login(command, *([] if command == "disable" else ["--generate"]))
    assert (ended.code, f"the account has no login `{ann}`" in ended.err) == (2, True)


NO_PASSWORDS = [
    (("--password-stdin",), "short", "8 to 1024 printable characters"),
    (("--password-stdin",), "", "8 to 1024 printable characters"),
    (("--password-stdin",), "x" * 1025, "8 to 1024 printable characters"),
    (("--password-stdin",), "with\ttabulator", "8 to 1024 printable characters"),
    (("--password-stdin", "--generate"), "", "not both"),
    ((), "", "there is nobody to ask for a password"),
]


@pytest.mark.parametrize(("options", "said", "refusal"), NO_PASSWORDS)
async def test_what_no_password_can_be_is_refused(login, options, said, refusal):
    ended = await login("create", *options, said=said)
    assert ended.code == 2
    assert refusal in ended.err


async def test_the_audit_log_has_each_change_and_no_password(login, ready, account, ann):
    await login("create", "--password-stdin", "--scope", "admin", said=SECRET)
    await login("disable")
    await login("password", "--password-stdin", said=SECRET)
    entries = await written(ready, account, ann)
    assert [(each["action"], each["kind"], each["document"]["enabled"]) for each in entries] == [
        ("create", "login", True),
        ("update", "login", False),
        ("update", "login", True),
    ]
    assert entries[0]["document"].keys() == {"login_id", "username", "scopes", "enabled"}
    assert entries[0]["after_digest"] == entries[1]["before_digest"]
    assert "argon2" not in str(entries)
