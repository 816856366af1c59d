"""`gatehouse import`: a file of users into the directory."""

import asyncio
import json
from collections.abc import AsyncIterator

import click
from rich.progress import Progress

from services.cli import access, answers, failures, polling, render, source
from services.cli.access import Access
from services.cli.client import Client, Request

IMPORTS = "directory/imports"

EXAMPLE = "\b\nExample:\n  gatehouse import people.ndjson\n  generate | gatehouse import - --format csv"


async def upload(client: Client, file: source.Source, progress: Progress) -> str:
    """Send the whole file; the import's id. Raises Refused or Unavailable."""
    task = progress.add_task("sending", total=file.size, detail="")
    done = 0

    def sent(count: int) -> None:
        nonlocal done
        done += count
        progress.update(task, completed=done, detail=f"{done / 1e6:,.1f} MB")

    def body() -> AsyncIterator[bytes]:
        nonlocal done
        done = 0
        return source.chunks(file, sent)

    headers = {"Content-Type": file.media}
    # A pipe cannot be read twice, and the answer comes when the whole of a large file is stored.
    request = Request("POST", IMPORTS, body, headers, again=file.size is not None, silence=600)
    answer = answers.decode(await client.send(request), answers.Answer)
    return answers.decode(answer.result, answers.Started).id


async def send(spoken_to: Access, file: source.Source) -> str:
    """Send the file; the import's id."""
    with render.progress() as progress:
        async with Client(spoken_to) as client:
            return await upload(client, file, progress)


async def merged(spoken_to: Access, uid: str) -> tuple[answers.Import, bytes]:
    """The import when it has ended, parsed and as it came."""
    with render.progress() as progress:
        task = progress.add_task("merging", total=None, detail="")

        def show(state: answers.Import) -> None:
            progress.update(
                task,
                total=state.rows_total or None,
                completed=state.rows_read,
                detail=f"{state.rows_read:,} rows",
            )

        async with Client(spoken_to, patient=True) as client:
            state, raw = await polling.settled(client, f"{IMPORTS}/{uid}", answers.Import, show)
            return state, bytes(raw)


def summarise(state: answers.Import) -> None:
    """Print what became of the rows, then what was wrong with which."""
    numbers = (
        ("rows read", state.rows_read),
        ("users created", state.users_created),
        ("users updated", state.users_updated),
        ("users unchanged", state.users_unchanged),
        ("users deleted", state.users_deleted),
        ("rows rejected", state.rows_rejected),
    )
    click.echo(f"import {render.neutral(state.id)} {render.neutral(state.status)}")
    render.console().print(render.counts(numbers))
    for rejection in state.errors:
        click.echo(f"line {rejection.line}: {render.neutral(rejection.message)}")
    if state.rows_rejected > len(state.errors) > 0:
        click.echo(f"and {state.rows_rejected - len(state.errors):,} more")


@click.command(
    "import",
    epilog=EXAMPLE,
)
@click.argument("file")
@click.option(
    "--format", "kind", type=click.Choice(sorted(source.MEDIA)), help="Needed where the name does not tell."
)
@click.option(
    "--wait/--no-wait", default=True, help="Wait until the users are in the directory (the default)."
)
@click.option("--strict", is_flag=True, help="End with 1 when a row was rejected.")
@click.option("--json", "as_json", is_flag=True, help="Print the gateway's answer instead of a table.")
@access.options
def command(
    spoken_to: Access, *, file: str, kind: str | None, wait: bool, strict: bool, as_json: bool
) -> None:
    """Import users from FILE, `-` being standard input: NDJSON (.ndjson, .jsonl) or CSV (.csv).

    A user who is known by id or e-mail is replaced. A row that is wrong is left out and told with its line.
    """
    uid = asyncio.run(send(spoken_to, source.opened(file, kind)))
    if not wait:
        click.echo(json.dumps({"id": uid}) if as_json else render.neutral(uid))
        return
    try:
        state, raw = asyncio.run(merged(spoken_to, uid))
    except KeyboardInterrupt:
        click.echo(f"import {uid} goes on in the gateway: all of the file has arrived there", err=True)
        raise
    if as_json:
        click.echo(raw)
    else:
        summarise(state)
    if state.status != answers.COMPLETE:
        raise failures.Unavailable(
            render.neutral(f"import {uid} {state.status}: {state.failure or 'no reason'}")
        )
    if strict and state.rows_rejected:
        raise click.exceptions.Exit(failures.ASSERTION)
