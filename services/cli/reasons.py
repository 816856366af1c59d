"""`gatehouse reasons`: why a test's users have their verdicts."""

import asyncio
from collections.abc import Iterable

import click
from rich.table import Table
from rich.text import Text

from services.cli import access, answers, render
from services.cli.access import Access
from services.cli.client import Client
from services.cli.runs import TESTS

EXAMPLE = (
    "\b\nExample:"
    "\n  gatehouse reasons TEST_ID"
    "\n  gatehouse users TEST_ID --reason excluded:/policies/0/exclude/1"
)


async def asked(spoken_to: Access, test_id: str) -> bytes:
    """The reasons, as the gateway says them."""
    async with Client(spoken_to, patient=True) as client:
        return await client.get(f"{TESTS}/{test_id}/reasons", {})


def shown(rows: Iterable[answers.Reason]) -> Table:
    """Reasons, the most frequent first."""
    table = render.table(("users", True), ("status", False), ("why", False), ("reason", False))
    for row in rows:
        status = Text(render.neutral(row.status), style=render.COLOURS.get(row.status, ""))
        table.add_row(
            f"{row.count:,}", status, Text(render.neutral(row.sentence)), Text(render.neutral(row.key))
        )
    return table


@click.command("reasons", epilog=EXAMPLE)
@click.argument("test_id")
@click.option("--json", "as_json", is_flag=True, help="The gateway's answer.")
@access.options
def command(spoken_to: Access, *, test_id: str, as_json: bool) -> None:
    """Show why the users of a test have their verdicts, the most frequent reason first."""
    reply = asyncio.run(asked(spoken_to, test_id))
    if as_json:
        click.echo(reply)
        return
    rows = answers.decode(answers.decode(reply, answers.Answer).result, list[answers.Reason])
    if rows:
        render.console().print(shown(rows))
    else:
        click.echo("no users")
