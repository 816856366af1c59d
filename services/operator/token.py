"""`gatehouse token`: what lets a client in."""

from typing import NamedTuple
from uuid import UUID

import click

from services.operator import database, output
from shared.store import accounts, tokens
from shared.store.pool import Connection
from shared.wire.tokens import SCOPES, parse

# What an application needs; `admin` is asked for by name.
ORDINARY = tuple(scope for scope in SCOPES if scope != "admin")

CREATE_EXAMPLE = (
    "\b\nExample:\n  gatehouse token create --account ID --name ci --scope policy-tests:write --days 90"
)
REVOKE_EXAMPLE = "\b\nExample:\n  gatehouse token revoke --account ID 4fXw9q2Lm8Ka"


class Wanted(NamedTuple):
    """The token to make; it never expires when `days` is None."""

    account: UUID
    scopes: tuple[str, ...]
    name: str
    days: int | None


@click.group()
def token() -> None:
    """Create and revoke API tokens."""


@token.command(
    "create",
    epilog=CREATE_EXAMPLE,
)
@output.account_option
@click.option("--name", required=True, callback=output.named, help="What the token is for.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    default=ORDINARY,
    show_default=True,
    help="What it may do; can be repeated.",
)
@click.option("--days", type=click.IntRange(1, 36500), help="Days until it expires; else never.")
@output.as_json_option
def create(*, account: UUID, name: str, scopes: tuple[str, ...], days: int | None, as_json: bool) -> None:
    """Create a token and print it. It is shown this once and kept nowhere."""
    wanted = Wanted(account, tuple(dict.fromkeys(scopes)), name, days)
    text = database.run(lambda connection: _created(connection, wanted))
    made = parse(text)
    public = made.public_id if made else ""
    end = f"gatehouse token revoke --account {account.hex} {public}"
    facts = {
        "token": text,
        "public_id": public,
        "account_id": account.hex,
        "name": name,
        "scopes": wanted.scopes,
    }
    output.say(facts, as_json=as_json, result=text, remark=f"shown this once, keep it; to end it: {end}")


async def _created(connection: Connection, wanted: Wanted) -> str:
    if not await accounts.exists(connection, wanted.account):
        raise database.Refused(f"there is no account `{wanted.account.hex}`")
    return await tokens.create_token(connection, *wanted)


@token.command("revoke", epilog=REVOKE_EXAMPLE)
@output.account_option
@click.argument("public_id")
@output.as_json_option
def revoke(*, account: UUID, public_id: str, as_json: bool) -> None:
    """End a token; PUBLIC_ID is the twelve characters after `gate_` (the whole token will do)."""
    whole = parse(public_id)
    public = whole.public_id if whole else public_id
    if not database.run(lambda connection: tokens.revoke_token(connection, account, public)):
        raise database.Refused("the account has no such token in force")
    output.say({"revoked": public}, as_json=as_json, result=public, remark="it opens nothing any more")
