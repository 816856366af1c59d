"""`gatehouse account`: whose users, tests and tokens there are."""

import click

from services.operator import database, output
from shared.store import accounts

EXAMPLE = "\b\nExample:\n  gatehouse account create Acme"


@click.group()
def account() -> None:
    """Create accounts; each has its own users, tests and tokens."""


@account.command("create", epilog=EXAMPLE)
@click.argument("name", callback=output.named)
@click.option(
    "--segment-bits",
    type=click.IntRange(4, 16),
    default=16,
    show_default=True,
    help="Users are kept in segments of 2 to the power of this; less is for trying things out.",
)
@output.as_json_option
def create(*, name: str, segment_bits: int, as_json: bool) -> None:
    """Create an account and print its id."""
    uid = database.run(lambda connection: accounts.create_account(connection, name, segment_bits)).hex
    facts = {"account_id": uid, "name": name, "segment_bits": segment_bits}
    remark = f"account `{name}` created; next: gatehouse token create --account {uid} --name NAME"
    output.say(facts, as_json=as_json, result=uid, remark=remark)
