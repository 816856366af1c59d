"""`gatehouse login`: who may log in with a name and a password, besides users of the directory."""

import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import click
import msgspec

from services.operator import author, database, output
from shared.store import audit, errors, logins
from shared.store.audit import Change
from shared.store.logins import Described
from shared.store.pool import Connection
from shared.wire import passwords
from shared.wire.audit import Action

Function = TypeVar("Function", bound=Callable[..., object])

CREATE_EXAMPLE = "\b\nExample:\n  gatehouse login create --account ID --username ann --generate"
CHANGE_EXAMPLE = (
    "\b\nExample:\n  gatehouse login password --account ID --username ann --password-stdin < file"
)
DISABLE_EXAMPLE = "\b\nExample:\n  gatehouse login disable --account ID --username ann"

username_option = click.option(
    "--username", required=True, callback=output.named, help="Whose; case does not count."
)


def password_options(command: Function) -> Function:
    """The ways to give a password: asked for, unless one of these says otherwise."""
    stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
    generate = click.option("--generate", is_flag=True, help="Make one up and print it, this once.")
    return stdin(generate(command))


@click.group()
def login() -> None:
    """Create logins, change their passwords, disable them."""


@login.command("create", epilog=CREATE_EXAMPLE)
@output.account_option
@username_option
@output.scopes_option
@password_options
@output.as_json_option
def create(
    *,
    account: UUID,
    username: str,
    scopes: tuple[str, ...],
    password_stdin: bool,
    generate: bool,
    as_json: bool,
) -> None:
    """Create a login. Through a client it may do what both may."""
    password = _password(stdin=password_stdin, generate=generate)
    hashed = passwords.hash_password(password)
    made = database.run(lambda connection: _created(connection, account, username, hashed, scopes))
    _say(made, password if generate else None, as_json=as_json)


async def _created(
    connection: Connection, account: UUID, username: str, hashed: str, scopes: tuple[str, ...]
) -> Described:
    await database.check_account(connection, account)
    try:
        async with connection.transaction():
            made = await logins.create(connection, account, username, hashed, scopes)
            await _record(connection, account, "create", (None, made))
    except errors.UniqueViolation:
        raise database.Refused(f"the account has a login `{username}` already") from None
    return made


@login.command("password", epilog=CHANGE_EXAMPLE)
@output.account_option
@username_option
@password_options
@output.as_json_option
def password(*, account: UUID, username: str, password_stdin: bool, generate: bool, as_json: bool) -> None:
    """Give a login another password. Its sessions end; if it was disabled, it is not any more."""
    chosen = _password(stdin=password_stdin, generate=generate)
    hashed = passwords.hash_password(chosen)
    changed = _changed(
        account, username, lambda connection: logins.set_password(connection, account, username, hashed)
    )
    _say(changed, chosen if generate else None, as_json=as_json)


@login.command("disable", epilog=DISABLE_EXAMPLE)
@output.account_option
@username_option
@output.as_json_option
def disable(*, account: UUID, username: str, as_json: bool) -> None:
    """Let a login in no more, and end its sessions; another password lets it in again."""
    changed = _changed(account, username, lambda connection: logins.disable(connection, account, username))
    _say(changed, None, as_json=as_json)


def _changed(
    account: UUID, username: str, change: Callable[[Connection], Awaitable[Described | None]]
) -> Described:
    async def recorded(connection: Connection) -> Described | None:
        async with connection.transaction():
            before = await logins.describe(connection, account, username)
            changed = await change(connection)
            if changed is not None:
                await _record(connection, account, "update", (before, changed))
        return changed

    changed = database.run(recorded)
    if changed is None:
        raise database.Refused(f"the account has no login `{username}`")
    return changed


async def _record(
    connection: Connection, account: UUID, action: Action, change: tuple[Described | None, Described]
) -> None:
    before, after = (None if each is None else msgspec.json.encode(each) for each in change)
    subject = change[1].username
    await audit.record(connection, account, author.actor(), Change(action, "login", subject, before, after))


def _password(*, stdin: bool, generate: bool) -> str:
    """The password that is given; raises UsageError for one that nobody should have."""
    if stdin and generate:
        raise click.UsageError("give --password-stdin or --generate, not both")
    if generate:
        return secrets.token_urlsafe(18)
    if not stdin and not sys.stdin.isatty():
        raise click.UsageError("there is nobody to ask for a password: give --password-stdin or --generate")
    given: str = (
        sys.stdin.readline().rstrip("\r\n")
        if stdin
        else click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    )
    if not passwords.SHORTEST <= len(given) <= passwords.LONGEST or not given.isprintable():
        words = f"a password has {passwords.SHORTEST} to {passwords.LONGEST} printable characters"
        raise click.UsageError(words)
    return given


def _say(made: Described, password: str | None, *, as_json: bool) -> None:
    facts = msgspec.to_builtins(made) | ({} if password is None else {"password": password})
    result = made.username if password is None else password
    remark = f"login `{made.username}` may log in" if made.enabled else f"login `{made.username}` is disabled"
    if password is not None:
        remark += "; the password is shown this once, keep it"
    output.say(facts, as_json=as_json, result=result, remark=remark)
