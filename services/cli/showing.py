"""Printing what an account keeps: all of a kind, or one of them."""

from typing import Any

import click

from services.cli import answers, failures, render, shelf, tables
from services.cli.access import Access
from services.cli.client import Client
from services.cli.kinds import LISTS, Kind
from services.cli.shelf import Found

ITEMS_SHOWN = 20


async def every(spoken_to: Access, kind: Kind, *, as_json: bool, quiet: bool) -> None:
    """Print all of a kind: a table, a JSON list that `apply` takes, or only ids."""
    async with Client(spoken_to, patient=True) as client:
        found = await shelf.everything(client, kind)
        if as_json and not quiet:
            await _print_json(client, kind, found)
            return
    rows = [each.kept for each in found]
    if quiet:
        click.echo("".join(f"{render.neutral(row.id)}\n" for row in rows), nl=False)
    elif rows:
        render.console().print(tables.kept(kind, rows))
    else:
        click.echo(f"no {kind.plural}")


async def _print_json(client: Client, kind: Kind, found: list[Found]) -> None:
    """Print a list of them, one a line, each as soon as it is there: lists can be long."""
    before = b"["
    for each in found:
        try:
            text = bytes(await shelf.whole(client, kind, each))
        except failures.Absent:
            continue  # deleted meanwhile
        click.echo(before + b"\n" + text, nl=False)
        before = b","
    click.echo(b"\n]" if before == b"," else b"[]")


async def one(spoken_to: Access, kind: Kind, text: str, *, as_json: bool) -> None:
    """Print the one with an id or a name: its members in a table, or as JSON that `apply` takes."""
    async with Client(spoken_to, patient=True) as client:
        found = await shelf.one(client, kind, text)
        if as_json:
            click.echo(bytes(await shelf.whole(client, kind, found)))
            return
        members = answers.decode(found.text, dict[str, Any])
        if kind is LISTS:
            rows = await shelf.items(client, found.kept.id, 1, ITEMS_SHOWN)
            members["items"] = [str(answers.decode(row, answers.Item)) for row in rows]
    render.console().print(tables.members(members))
    if found.kept.count > ITEMS_SHOWN:
        click.echo(f"and {found.kept.count - ITEMS_SHOWN:,} more: --json has them all")
