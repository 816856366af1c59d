"""`gatehouse export`: an archive of the account, or of one policy, as a file."""

import asyncio
import json
from typing import TypedDict, Unpack

import click
import msgspec

from services.cli import access, arrival, failures, platform, render
from services.cli.access import Access
from services.cli.client import Client, Request
from services.cli.platform import Job, Result

EXAMPLE = (
    "\b\nExample:"
    "\n  gatehouse export everything.zip"
    "\n  gatehouse export --policy 0f2a41d3 --without acls --without teams"
)


class Chosen(TypedDict):
    """What is exported, what it is called, and how that is told."""

    policy: str | None
    group: str | None
    artifact: str | None
    version: str | None
    without: tuple[str, ...]
    force: bool
    wait: bool
    as_json: bool


async def begin(spoken_to: Access, chosen: Chosen) -> str:
    """Start the export; its job's id. It is not tried twice, or there might be two."""
    path = f"{platform.about(chosen['policy'])}/export"
    named = {"group": chosen["group"], "artifact": chosen["artifact"], "version": chosen["version"]}
    query = {name: value for name, value in named.items() if value is not None} | platform.LATER
    body = json.dumps(platform.included(chosen["without"])).encode()
    async with Client(spoken_to) as client:
        await platform.check_account(client)
        request = Request("POST", path, lambda: body, platform.JSON, query, again=False)
        return platform.begun(await client.send(request))


async def fetch(spoken_to: Access, result: Result, file: str) -> None:
    """Write the archive to a file; raises Refused, Unavailable, UsageError."""
    async with Client(spoken_to) as client:
        with arrival.arriving(file) as coming:
            await client.download(f"{platform.ARCHIVES}/{result.archive}/download", coming.write)


def finished(job: Job, what: str) -> Result:
    """What a job came to; raises Unavailable for one that came to nothing."""
    if job.state == platform.FAILED or job.result is None or job.result.archive is None:
        raise failures.Unavailable(render.neutral(f"{what} {job.id} failed: {job.failure}"))
    return job.result


@click.command("export", epilog=EXAMPLE)
@click.argument("file", required=False)
@click.option("--policy", help="Only this access policy, by its id, and what it cannot do without.")
@click.option("--group", help="First part of the archive's name.")
@click.option("--artifact", help="Second part of the archive's name.")
@click.option("--version", help="Third part of the archive's name; else the time.")
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(list(platform.PARTS)),
    help="Leave this out; may be repeated.",
)
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@click.option("--wait/--no-wait", default=True, help="Wait and write FILE (the default); else only start it.")
@click.option("--json", "as_json", is_flag=True, help="The job as the gateway says it.")
@access.options
def command(spoken_to: Access, *, file: str | None, **chosen: Unpack[Chosen]) -> None:
    """Export policies, roles, groups, lists and what belongs to them into FILE, `-` being standard output.

    Without FILE the archive's own name is taken. The gateway keeps the archive as well.
    """
    if file is not None:
        arrival.check(file, force=chosen["force"])
    job_id = asyncio.run(begin(spoken_to, chosen))
    if not chosen["wait"]:
        click.echo(msgspec.json.encode({"id": job_id}) if chosen["as_json"] else render.neutral(job_id))
        return
    job, raw = asyncio.run(platform.waited_for(spoken_to, job_id, "exporting"))
    result = finished(job, "export")
    target = render.neutral(result.file).replace("/", "_") if file is None else file
    arrival.check(target, force=chosen["force"])
    asyncio.run(fetch(spoken_to, result, target))
    if target != arrival.STANDARD_OUTPUT:
        click.echo(
            raw if chosen["as_json"] else f"{job.items_done:,} things exported to {render.neutral(target)}"
        )
