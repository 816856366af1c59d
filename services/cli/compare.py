"""`gatehouse compare`: a test beside another one."""

import asyncio
from collections.abc import Iterable

import click
from rich.table import Table
from rich.text import Text

from services.cli import access, answers, render
from services.cli.access import Access
from services.cli.client import Client
from services.cli.runs import TESTS

CHANGES = ("gained", "lost", "undecided", "decided", "unchanged", "joined", "left")
EXAMPLE = "\b\nExample:\n  gatehouse compare BASE_ID TEST_ID"


async def asked(spoken_to: Access, base: str, test_id: str) -> bytes:
    """The comparison, as the gateway says it."""
    async with Client(spoken_to, patient=True) as client:
        return await client.get(f"{TESTS}/{test_id}/comparison", {"base": base})


def changes(found: answers.Comparison) -> Table:
    """How many changed how, and by what, where that can be told apart."""
    columns = (("change", False), ("users", True))
    if found.causes is None:
        table = render.table(*columns)
    else:
        table = render.table(*columns, ("by the directory", True), ("by the policies", True))
    for change in CHANGES:
        parts = [found] if found.causes is None else [found, found.causes.directory, found.causes.policies]
        table.add_row(change, *(f"{getattr(part, change):,}" for part in parts))
    return table


def decisive(found: answers.Comparison) -> list[answers.Moved]:
    """Those of the reasons that became others that changed a verdict."""
    return [each for each in found.reasons if each.before.status != each.after.status]


def idle(found: answers.Comparison) -> str:
    """How many have another reason and the same verdict, as a sentence; nothing if there are none."""
    same = [each for each in found.reasons if each.before.status == each.after.status]
    # The same words may be of a rule that has moved.
    count = sum(each.count for each in same if each.before.sentence != each.after.sentence)
    who = "1 user has" if count == 1 else f"{count:,} users have"
    return f"{who} the same verdict as before, for another reason." if count else ""


def moved(rows: Iterable[answers.Moved]) -> Table:
    """Reasons that became others, the most frequent first."""
    table = render.table(("users", True), ("before", False), ("after", False))
    for row in rows:
        texts = (Text(render.neutral(each.sentence)) for each in (row.before, row.after))
        table.add_row(f"{row.count:,}", *texts)
    return table


def show(found: answers.Comparison) -> None:
    """Print a comparison."""
    render.console().print(changes(found))
    if found.reasons:
        click.echo()
        render.console().print(moved(found.reasons))


@click.command("compare", epilog=EXAMPLE)
@click.argument("base")
@click.argument("test_id")
@click.option("--json", "as_json", is_flag=True, help="The gateway's answer.")
@access.options
def command(spoken_to: Access, *, base: str, test_id: str, as_json: bool) -> None:
    """Show for whom the verdict of a test is another than in BASE, and why."""
    reply = asyncio.run(asked(spoken_to, base, test_id))
    if as_json:
        click.echo(reply)
        return
    show(answers.decode(answers.decode(reply, answers.Answer).result, answers.Comparison))
