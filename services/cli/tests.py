"""`gatehouse tests`: the policy tests of the account."""

import asyncio

import click
import msgspec

from services.cli import access, answers, render, tables
from services.cli.access import Access
from services.cli.client import Client
from services.cli.runs import TESTS

STATES = ("queued", "processing", "complete", "exceeded_time", "cancelled", "failed")
PER_PAGE = 1000

EXAMPLE = (
    "\b\nExample:"
    "\n  gatehouse tests --state processing"
    "\n  gatehouse tests --limit 1000 --json | jq .users_blocked"
)


async def newest(spoken_to: Access, state: str | None, limit: int) -> list[msgspec.Raw]:
    """So many tests, the newest first, each as the gateway says it."""
    query = {"per_page": str(min(limit, PER_PAGE))} | ({} if state is None else {"state": state})
    rows: dict[str, msgspec.Raw] = {}
    async with Client(spoken_to, patient=True) as client:
        for page in range(1, 1 + -(-limit // PER_PAGE)):
            answer = answers.decode(await client.get(TESTS, {**query, "page": str(page)}), answers.Answer)
            some = answers.decode(answer.result, list[msgspec.Raw])
            # A test that starts meanwhile moves all others, and the last of a page comes again.
            rows |= {answers.decode(row, answers.Test).id: row for row in some}
            if len(some) < PER_PAGE:
                break
    return list(rows.values())[:limit]


@click.command("tests", epilog=EXAMPLE)
@click.option("--state", type=click.Choice(STATES), help="Only tests in this state.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=25, show_default=True, help="The newest so many."
)
@click.option("--json", "as_json", is_flag=True, help="One test a line, as the gateway says it.")
@click.option("-q", "--quiet", is_flag=True, help="Only the ids, one a line.")
@access.options
def command(spoken_to: Access, *, state: str | None, limit: int, as_json: bool, quiet: bool) -> None:
    """List the policy tests of the account, the newest first."""
    texts = asyncio.run(newest(spoken_to, state, limit))
    rows = [answers.decode(text, answers.Test) for text in texts]
    if quiet or as_json:
        lines = [render.neutral(row.id).encode() for row in rows] if quiet else map(bytes, texts)
        click.echo(b"".join(line + b"\n" for line in lines), nl=False)
    elif rows:
        render.console().print(tables.tests(rows))
    else:
        click.echo("no tests")
