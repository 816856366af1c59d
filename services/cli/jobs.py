"""`gatehouse jobs`: exports and imports, how each goes; ending one."""

import asyncio
from typing import TypedDict, Unpack

import click
import msgspec

from services.cli import access, answers, platform, render, tables
from services.cli.access import Access
from services.cli.cancel import UID
from services.cli.client import Client, Request
from services.cli.platform import JOBS, Job

STATES = ("waiting", "running", "finished", "failed")

EXAMPLE = "\b\nExample:\n  gatehouse jobs --state running\n  gatehouse jobs JOB_ID --kill"


class Chosen(TypedDict):
    """Which jobs, and how they are shown."""

    kill: bool
    state: str | None
    limit: int
    as_json: bool
    quiet: bool


class Found(msgspec.Struct):
    """Jobs that a query finds, each as it came."""

    rows: list[msgspec.Raw]


async def newest(spoken_to: Access, state: str | None, limit: int) -> list[msgspec.Raw]:
    """So many jobs, the newest first."""
    path = f"{JOBS}/query" if state is None else f"{JOBS}/{state}/query"
    async with Client(spoken_to, patient=True) as client:
        await platform.check_account(client)
        request = Request("POST", path, lambda: b"{}", platform.JSON, {"limit": str(limit)})
        return answers.decode(await client.send(request), Found).rows


async def one(spoken_to: Access, job_id: str, *, kill: bool) -> bytes:
    """One job, once it is killed if that is asked for; one that has ended stays as it is."""
    async with Client(spoken_to, patient=True) as client:
        await platform.check_account(client)
        if kill:
            await client.send(Request("POST", f"{JOBS}/{job_id}/kill"))
        return await client.get(f"{JOBS}/{job_id}")


def print_one(job: Job) -> None:
    """Print a job and its log."""
    render.console().print(tables.jobs([job]))
    for entry in job.log:
        click.echo(render.neutral(entry.message))


def print_all(texts: list[msgspec.Raw], *, as_json: bool, quiet: bool) -> None:
    """Print jobs: a table, one a line as JSON, or only ids."""
    rows = [answers.decode(text, Job) for text in texts]
    if quiet or as_json:
        lines = [render.neutral(row.id).encode() for row in rows] if quiet else map(bytes, texts)
        click.echo(b"".join(line + b"\n" for line in lines), nl=False)
    elif rows:
        render.console().print(tables.jobs(rows))
    else:
        click.echo("no jobs")


@click.command("jobs", epilog=EXAMPLE)
@click.argument("job_id", required=False)
@click.option("--kill", is_flag=True, help="End this job, if it has not ended.")
@click.option("--state", type=click.Choice(STATES), help="Only jobs in this state.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=25, show_default=True, help="The newest so many."
)
@click.option("--json", "as_json", is_flag=True, help="One job a line, as the gateway says it.")
@click.option("-q", "--quiet", is_flag=True, help="Only the ids, one a line.")
@access.options
def command(spoken_to: Access, *, job_id: str | None, **chosen: Unpack[Chosen]) -> None:
    """List exports and imports, the newest first; with JOB_ID show one and its log."""
    if job_id is None:
        if chosen["kill"]:
            raise click.UsageError("--kill needs the id of a job: give one that `gatehouse jobs` lists")
        texts = asyncio.run(newest(spoken_to, chosen["state"], chosen["limit"]))
        print_all(texts, as_json=chosen["as_json"], quiet=chosen["quiet"])
        return
    if UID.fullmatch(job_id) is None:
        raise click.UsageError(f"`{job_id}` is no id of a job: give one that `gatehouse jobs` lists")
    raw = asyncio.run(one(spoken_to, job_id, kill=chosen["kill"]))
    if chosen["as_json"] or chosen["quiet"]:
        print_all([msgspec.Raw(raw)], as_json=chosen["as_json"], quiet=chosen["quiet"])
    else:
        print_one(answers.decode(raw, Job))
