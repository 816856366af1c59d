"""`gatehouse token`: what lets a client in."""

from typing import NamedTuple
from uuid import UUID

import click
import msgspec

from services.operator import author, database, output
from shared.directory.email import canonical_email
from shared.directory.errors import Refused
from shared.store import audit, tokens
from shared.store.audit import Change
from shared.store.pool import Connection
from shared.wire.tokens import parse

CREATE_EXAMPLE = (
    "\b\nExample:\n  gatehouse token create --account ID --name ci --scope policy-tests:write --days 90"
)
REVOKE_EXAMPLE = "\b\nExample:\n  gatehouse token revoke --account ID 4fXw9q2Lm8Ka"


class Wanted(NamedTuple):
    """The token to make; it never expires when `days` is None, and goes with any address when `email` is."""

    account: UUID
    scopes: tuple[str, ...]
    name: str
    days: int | None
    email: str | None


def _address(_context: click.Context, _parameter: click.Parameter, email: str | None) -> str | None:
    """An address in its canonical form."""
    try:
        return None if email is None else canonical_email(email)
    except Refused as refusal:
        raise click.BadParameter(str(refusal)) from None


@click.group()
def token() -> None:
    """Create and revoke API tokens."""


@token.command(
    "create",
    epilog=CREATE_EXAMPLE,
)
@output.account_option
@click.option("--name", required=True, callback=output.named, help="What the token is for.")
@output.scopes_option
@click.option("--days", type=click.IntRange(1, 36500), help="Days until it expires; else never.")
@click.option("--email", callback=_address, help="The one X-Auth-Email it goes with as X-Auth-Key; else any.")
@output.as_json_option
def create(
    *, account: UUID, name: str, scopes: tuple[str, ...], days: int | None, email: str | None, as_json: bool
) -> None:
    """Create a token and print it. It is shown this once and kept nowhere."""
    wanted = Wanted(account, scopes, name, days, email)
    text = database.run(lambda connection: _created(connection, wanted))
    public = _public_id(text)
    end = f"gatehouse token revoke --account {account.hex} {public}"
    facts = {
        "token": text,
        "public_id": public,
        "account_id": account.hex,
        "name": name,
        "scopes": wanted.scopes,
        "email": email,
    }
    output.say(facts, as_json=as_json, result=text, remark=f"shown this once, keep it; to end it: {end}")


async def _created(connection: Connection, wanted: Wanted) -> str:
    await database.check_account(connection, wanted.account)
    async with connection.transaction():
        text = await tokens.create_token(connection, *wanted)
        public = _public_id(text)
        grant = msgspec.json.encode(await tokens.describe(connection, wanted.account, public))
        await audit.record(
            connection, wanted.account, author.actor(), Change("create", "token", public, None, grant)
        )
    return text


@token.command("revoke", epilog=REVOKE_EXAMPLE)
@output.account_option
@click.argument("public_id")
@output.as_json_option
def revoke(*, account: UUID, public_id: str, as_json: bool) -> None:
    """End a token; PUBLIC_ID is the twelve characters after `gate_` (the whole token will do)."""
    public = _public_id(public_id)
    if not database.run(lambda connection: _revoked(connection, account, public)):
        raise database.Refused("the account has no such token in force")
    output.say({"revoked": public}, as_json=as_json, result=public, remark="it opens nothing any more")


async def _revoked(connection: Connection, account: UUID, public: str) -> bool:
    async with connection.transaction():
        if not await tokens.revoke_token(connection, account, public):
            return False
        grant = msgspec.json.encode(await tokens.describe(connection, account, public))
        await audit.record(
            connection, account, author.actor(), Change("delete", "token", public, grant, None)
        )
    return True


def _public_id(given: str) -> str:
    """A token's public part, from its whole text or from itself."""
    whole = parse(given)
    return whole.public_id if whole else given
