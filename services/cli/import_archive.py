"""`gatehouse import-archive`: what an archive carries into the account; or what would become of it."""

import asyncio
import json
from typing import Any, TypedDict, Unpack

import click
import msgspec

from services.cli import access, answers, failures, platform, render, source, tables
from services.cli.access import Access
from services.cli.client import Client, Request
from services.cli.platform import Job
from services.cli.source import Source

STRATEGIES = {"copy": "COPY_EVERYTHING", "clone": "CLONE"}
ACTIONS = {"create": "created", "change": "changed", "leave": "left", "refuse": "refused"}
MEDIA = "application/zip"

EXAMPLE = (
    "\b\nExample:"
    "\n  gatehouse import-archive everything.zip --dry-run"
    "\n  gatehouse import-archive everything.zip --strategy clone --substitute staging.example=acme.example"
)


class Chosen(TypedDict):
    """Into what, how, and how that is told."""

    policy: str | None
    strategy: str
    substitute: tuple[str, ...]
    without: tuple[str, ...]
    dry_run: bool
    as_json: bool


class Archive(msgspec.Struct):
    """An archive that the gateway keeps, by its name in three parts."""

    group: str
    artifact: str
    version: str


class Uploaded(msgspec.Struct):
    """The one archive that was sent."""

    rows: list[Archive]


def substitutions(given: tuple[str, ...]) -> dict[str, str]:
    """Texts by what they stand for; raises UsageError."""
    found = dict[str, str]()
    for each in given:
        was, sign, becomes = each.partition("=")
        if not was or not sign or found.get(was, becomes) != becomes:
            raise click.UsageError(f"`{each}` is no substitution: give WAS=BECOMES, each WAS once")
        found[was] = becomes
    return found


def configuration(chosen: Chosen) -> dict[str, Any]:
    """What the gateway is told of how to import."""
    return {
        **platform.included(chosen["without"]),
        "strategy": STRATEGIES[chosen["strategy"]],
        "substitutions": substitutions(chosen["substitute"]),
        "dryRun": chosen["dry_run"],
    }


async def begin(spoken_to: Access, file: Source, chosen: Chosen, body: bytes) -> str:
    """Send the archive and start its import; the job's id. Nothing of it is tried twice."""
    async with Client(spoken_to) as client:
        await platform.check_account(client)
        archive = await sent(client, file)
        query = msgspec.structs.asdict(archive) | platform.LATER
        path = f"{platform.about(chosen['policy'])}/import"
        request = Request("POST", path, lambda: body, platform.JSON, query, again=False)
        return platform.begun(await client.send(request))


async def sent(client: Client, file: Source) -> Archive:
    """The archive as the gateway keeps it from now on; raises Refused for one that is none."""
    with render.progress() as progress:
        task = progress.add_task("sending", total=file.size, detail="")
        chunks = lambda: source.chunks(file, lambda count: progress.advance(task, count))  # noqa: E731  # see Body
        request = Request(
            "POST", platform.ARCHIVES, chunks, {"Content-Type": MEDIA}, again=False, silence=600
        )
        (archive,) = answers.decode(await client.send(request), Uploaded).rows
        return archive


def summarise(job: Job) -> None:
    """Print what was done, or would be, thing by thing, and how much of it."""
    if job.result is None:
        return
    if job.result.changes:
        render.console().print(tables.changes(job.result.changes))
    numbers = [f"{job.result.counts.get(action, 0):,} {word}" for action, word in ACTIONS.items()]
    click.echo(f"{'would be: ' if job.result.dry_run else ''}{', '.join(numbers)}")


@click.command("import-archive", epilog=EXAMPLE)
@click.argument("file")
@click.option("--policy", help="Import the archive's one policy into this one, by its id.")
@click.option(
    "--dry-run", is_flag=True, help="Change nothing: print what would be created, changed, refused."
)
@click.option(
    "--strategy",
    type=click.Choice(list(STRATEGIES)),
    default="copy",
    show_default=True,
    help="`copy`: new things with new ids; `clone`: the same ids, what is there is brought up to date.",
)
@click.option(
    "--substitute",
    multiple=True,
    metavar="WAS=BECOMES",
    help="Replace a text of the archive; may be repeated.",
)
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(list(platform.PARTS)),
    help="Leave this out; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="The job as the gateway says it.")
@access.options
def command(spoken_to: Access, *, file: str, **chosen: Unpack[Chosen]) -> None:
    """Import the archive FILE, `-` being standard input: all of it, or nothing if any of it is refused.

    Ends with 1 where some of it is refused though the rest comes in, with 2 where nothing does.
    """
    body = json.dumps(configuration(chosen)).encode()
    job_id = asyncio.run(begin(spoken_to, source.opened_as(file, MEDIA), chosen, body))
    job, raw = asyncio.run(platform.waited_for(spoken_to, job_id, "importing"))
    if chosen["as_json"]:
        click.echo(raw)
    else:
        summarise(job)
    if job.state == platform.FAILED:
        refused = job.result is not None and job.result.counts.get("refuse", 0) > 0
        raise (failures.Refused if refused else failures.Unavailable)(
            render.neutral(f"import {job.id} failed, nothing was changed: {job.failure}")
        )
    if job.result is not None and job.result.counts.get("refuse"):
        raise click.exceptions.Exit(failures.ASSERTION)
