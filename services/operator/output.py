"""What every command of the operator prints and takes alike."""

import json
from collections.abc import Mapping

import click

from shared.wire.tokens import SCOPES

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
account_option = click.option(
    "--account", "account", type=click.UUID, required=True, help="Account id, 32 hex digits."
)


def _once(_context: click.Context, _parameter: click.Parameter, scopes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(scopes))


scopes_option = click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    # What an application needs; `admin` is asked for by name.
    default=tuple(scope for scope in SCOPES if scope != "admin"),
    show_default=True,
    callback=_once,
    help="What it may do; can be repeated.",
)


def say(facts: Mapping[str, object], *, as_json: bool, result: str, remark: str) -> None:
    """Print facts as JSON; else the result alone, for a shell to take, and a remark beside it."""
    if as_json:
        click.echo(json.dumps(facts))
        return
    click.echo(result)
    click.echo(remark, err=True)


def named(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    """A name that can be shown and stored."""
    if not name.strip() or not name.isprintable():
        raise click.BadParameter("give a name of printable characters")
    return name.strip()
