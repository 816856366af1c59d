"""`gatehouse export-results`: who got which verdict in a test, as a file."""

import asyncio
from pathlib import Path

import click
import msgspec

from services.cli import access, answers, arrival, failures, polling, render
from services.cli.access import Access
from services.cli.cancel import UID
from services.cli.client import Client, Request
from services.cli.runs import TESTS

ENDINGS = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}
FORMATS = ("csv", "ndjson", "parquet")

EXAMPLE = (
    "\b\nExample:"
    "\n  gatehouse export-results TEST_ID verdicts.parquet"
    "\n  gatehouse export-results TEST_ID - --format ndjson | grep blocked"
)


class Export(msgspec.Struct):
    """How far an export of results is."""

    id: str
    status: str
    users_processed: int = 0
    percent_users_processed: int = 0
    failure: str | None = None


def format_of(file: str, given: str | None) -> str:
    """The format of a file; raises UsageError when nothing tells."""
    kind = given or ENDINGS.get(Path(file).suffix.lower())
    if kind is None:
        raise click.UsageError(
            f"the name `{file}` does not tell its format: pass --format {'|'.join(FORMATS)}"
        )
    return kind


async def written(spoken_to: Access, test_id: str, kind: str) -> Export:
    """The export when it has ended."""
    tests = f"{TESTS}/{test_id}"
    with render.progress() as progress:
        task = progress.add_task("exporting", total=100, detail="")

        def show(export: Export) -> None:
            done = f"{export.users_processed:,} users"
            progress.update(task, completed=export.percent_users_processed, detail=done)

        async with Client(spoken_to, patient=True) as client:
            # Made twice it is the same file.
            reply = await client.send(Request("POST", f"{tests}/export", query={"format": kind}))
            begun = answers.decode(answers.decode(reply, answers.Answer).result, Export)
            export, _ = await polling.settled(client, f"{tests}/exports/{begun.id}", Export, show)
            return export


async def fetch(spoken_to: Access, test_id: str, export: Export, file: str) -> None:
    """Write the results to a file; raises Refused, Unavailable, UsageError."""
    async with Client(spoken_to) as client:
        with arrival.arriving(file) as coming:
            await client.download(f"{TESTS}/{test_id}/exports/{export.id}/download", coming.write)


@click.command("export-results", epilog=EXAMPLE)
@click.argument("test_id")
@click.argument("file")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Needed where the name does not tell.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@access.options
def command(spoken_to: Access, *, test_id: str, file: str, kind: str | None, force: bool) -> None:
    """Write the users of a test and what became of each into FILE, `-` being standard output.

    In CSV no cell begins a formula: such texts have an apostrophe before them. The others are exact.
    """
    if UID.fullmatch(test_id) is None:
        raise click.UsageError(f"`{test_id}` is no id of a test: give one that `gatehouse tests` lists")
    form = format_of(file, kind)
    arrival.check(file, force=force)
    export = asyncio.run(written(spoken_to, test_id, form))
    if export.status != answers.COMPLETE:
        raise failures.Unavailable(render.neutral(f"export {export.id} {export.status}: {export.failure}"))
    asyncio.run(fetch(spoken_to, test_id, export, file))
    if file != arrival.STANDARD_OUTPUT:
        click.echo(f"{export.users_processed:,} users written to {render.neutral(file)}")
