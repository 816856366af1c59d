"""`gatehouse client`: programs that users log in through, by OAuth."""

from uuid import UUID

import click
import msgspec
from msgspec import Struct

from services.operator import author, database, output
from shared.store import audit, clients
from shared.store.audit import Change
from shared.store.pool import Connection

CREATE_EXAMPLE = "\b\nExample:\n  gatehouse client create --account ID --name website"
REVOKE_EXAMPLE = "\b\nExample:\n  gatehouse client revoke --account ID 5c1f0a52-8a5e-4c1f-9d0a-0c7a51f0a001"


class Described(Struct, frozen=True):
    """What a client is, all but its secret."""

    client_key: str
    name: str
    scopes: list[str]


@click.group()
def client() -> None:
    """Create and revoke OAuth clients."""


@client.command("create", epilog=CREATE_EXAMPLE)
@output.account_option
@click.option("--name", required=True, callback=output.named, help="What the client is.")
@output.scopes_option
@output.as_json_option
def create(*, account: UUID, name: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Create a client; print its key and its secret, which is shown this once and kept nowhere.

    Whoever logs in through it can do what both may.
    """
    key, secret = database.run(lambda connection: _created(connection, account, name, scopes))
    facts = {
        "client_key": key,
        "client_secret": secret,
        "account_id": account.hex,
        "name": name,
        "scopes": scopes,
    }
    end = f"gatehouse client revoke --account {account.hex} {key}"
    remark = f"the secret is shown this once, keep it; to end the client: {end}"
    output.say(facts, as_json=as_json, result=f"clientKey {key}\nclientSecret {secret}", remark=remark)


async def _created(
    connection: Connection, account: UUID, name: str, scopes: tuple[str, ...]
) -> tuple[str, str]:
    await database.check_account(connection, account)
    async with connection.transaction():
        key, secret = await clients.create(connection, account, name, scopes)
        after = msgspec.json.encode(Described(key, name, list(scopes)))
        await audit.record(connection, account, author.actor(), Change("create", "client", key, None, after))
    return key, secret


@client.command("revoke", epilog=REVOKE_EXAMPLE)
@output.account_option
@click.argument("key")
@output.as_json_option
def revoke(*, account: UUID, key: str, as_json: bool) -> None:
    """End a client, and the sessions of all who logged in through it."""
    if not database.run(lambda connection: _revoked(connection, account, key)):
        raise database.Refused("the account has no such client in force")
    output.say({"revoked": key}, as_json=as_json, result=key, remark="nobody logs in through it any more")


async def _revoked(connection: Connection, account: UUID, key: str) -> bool:
    async with connection.transaction():
        ended = await clients.revoke(connection, account, key)
        if ended is None:
            return False
        before = msgspec.json.encode(Described(ended.key, ended.name, sorted(ended.scopes)))
        await audit.record(connection, account, author.actor(), Change("delete", "client", key, before, None))
    return True
