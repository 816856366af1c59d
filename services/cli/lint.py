"""`gatehouse lint`: what is wrong, wide or idle in policies."""

import asyncio
from collections.abc import Iterable

import click
from rich.table import Table
from rich.text import Text

from services.cli import access, answers, failures, render, submission
from services.cli.access import Access
from services.cli.client import Client, Request
from services.cli.runs import TESTS
from services.cli.submission import Submission

LINT = "access/lint"
LEVELS = {"error": "red", "security_warning": "red", "warning": "yellow", "suggestion": ""}
"""How bad a finding is, the worst first."""
JSON = {"Content-Type": "application/json"}
EXAMPLE = (
    "\b\nExample:"
    "\n  gatehouse lint policies.json --fail-on warning"
    "\n  gatehouse lint --test TEST_ID          # with what its run showed"
)


async def of_policies(spoken_to: Access, asked: Submission) -> bytes:
    """The findings about policies, as the gateway says them."""
    async with Client(spoken_to, patient=True) as client:
        return await client.send(Request("POST", LINT, lambda: asked.body, JSON, told=asked.told))


async def of_test(spoken_to: Access, test_id: str) -> bytes:
    """The findings about a test, as the gateway says them."""
    async with Client(spoken_to, patient=True) as client:
        return await client.get(f"{TESTS}/{test_id}/findings", {})


def shown(rows: Iterable[answers.Finding]) -> Table:
    """Findings, the worst first."""
    table = render.table(("level", False), ("where", False), ("what", False), ("code", False))
    for row in sorted(rows, key=lambda row: rank(row.level)):
        level = Text(render.neutral(row.level.replace("_", " ")), style=LEVELS.get(row.level, ""))
        what = render.neutral(f"{row.sentence} {row.suggestion}".strip())
        table.add_row(level, Text(render.neutral(row.pointer)), Text(what), Text(render.neutral(row.code)))
    return table


def rank(level: str) -> int:
    """The place of a level among all, the worst first."""
    return list(LEVELS).index(level) if level in LEVELS else len(LEVELS)


@click.command("lint", epilog=EXAMPLE)
@click.argument("file", metavar="[POLICIES.json]", required=False)
@click.option("--test", "test_id", help="Look at this test instead of a file.")
@click.option(
    "--fail-on",
    type=click.Choice(list(LEVELS)),
    default="error",
    show_default=True,
    help="End with 1 for findings of this level, or worse.",
)
@click.option("--json", "as_json", is_flag=True, help="The gateway's answer.")
@access.options
def command(spoken_to: Access, *, file: str | None, test_id: str | None, fail_on: str, as_json: bool) -> None:
    """Look for what is wrong in the policies of a file (`-`: standard input), or in a test.

    Ends with 0 when nothing is as bad as --fail-on, else with 1.
    """
    if (file is None) == (test_id is None):
        raise click.UsageError("name a file of policies, or a test with --test: one of the two")
    if file is not None:
        reply = asyncio.run(of_policies(spoken_to, submission.read(file)))
    else:
        reply = asyncio.run(of_test(spoken_to, test_id or ""))
    rows = answers.decode(answers.decode(reply, answers.Answer).result, list[answers.Finding])
    if as_json:
        click.echo(reply)
    elif rows:
        render.console().print(shown(rows))
    else:
        click.echo("nothing found")
    bad = any(rank(row.level) <= rank(fail_on) for row in rows)
    raise click.exceptions.Exit(failures.ASSERTION if bad else failures.DONE)
