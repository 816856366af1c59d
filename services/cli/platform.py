"""The platform: the account as the second dialect has it, where the token alone says which one it is."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import click
import msgspec

from services.cli import answers, failures, polling, render
from services.cli.access import Access
from services.cli.client import Client
from services.cli.runs import TESTS

JOBS = "/jobs"
ARCHIVES = "/vaults/primary/archives"
JSON = {"Content-Type": "application/json"}
LATER = {"schedule": "ASYNCHRONOUS"}
# What may be left out, by the words of the command line.
PARTS = {
    "acls": "includeACLs",
    "teams": "includeTeams",
    "members": "includeTeamMembers",
    "roles": "includeRoles",
}
ENDED, FAILED = ("FINISHED", "ERROR"), "ERROR"


class LogEntry(msgspec.Struct):
    """Something that happened to a job."""

    type: str = ""
    message: str = ""


class Moment(msgspec.Struct):
    """A point in time, in milliseconds since 1970."""

    ms: int = 0


class Change(msgspec.Struct):
    """What becomes of one thing of an archive: its id there, and here."""

    action: str
    kind: str = ""
    source: str = ""
    target: str | None = None
    name: str | None = None
    message: str | None = None


class Result(msgspec.Struct, rename="camel"):
    """What a job came to: of an export the archive's id and name, of an import what it did."""

    archive: str | None = None
    group: str = "archive"
    artifact: str = ""
    version: str = ""
    dry_run: bool = False
    counts: dict[str, int] = {}
    changes: list[Change] = []

    @property
    def file(self) -> str:
        """What the archive is called as a file."""
        return "-".join(filter(None, (self.group, self.artifact, self.version))) + ".zip"


class Job(msgspec.Struct):
    """How far a job is."""

    id: str = msgspec.field(name="_doc")
    state: str
    type: str = ""
    percent: int = 0
    items_done: int = 0
    items_total: int | None = None
    submitted_by: str = ""
    submitted: Moment = msgspec.field(name="submitted_timestamp", default_factory=Moment)
    log: list[LogEntry] = msgspec.field(name="log_entries", default_factory=list)
    result: Result | None = msgspec.field(name="_result", default=None)

    @property
    def failure(self) -> str:
        """Why it ended without a result."""
        said = [entry.message for entry in self.log if entry.type == FAILED]
        return said[-1] if said else "no reason given"


async def check_account(client: Client) -> None:
    """Raises Refused if the token is another account's than the one that was given.

    The paths of the platform name no account: what is meant for one must not happen to another.
    """
    with suppress(failures.Unavailable):  # a token that may not list tests still tells whose it is
        try:
            await client.get(TESTS, {"per_page": "1"})
        except failures.Absent:
            raise failures.Refused(f"the token is not one of the account {client.access.account}") from None


async def ended(client: Client, job_id: str, show: Callable[[Job], None]) -> tuple[Job, bytes]:
    """A job when it has ended, parsed and as it came; `show` sees it on the way."""
    pause = polling.FIRST_PAUSE
    while True:
        raw = await client.get(f"{JOBS}/{job_id}")
        job = answers.decode(raw, Job)
        show(job)
        if job.state in ENDED:
            return job, raw
        await asyncio.sleep(pause)
        pause = min(pause * 1.3, polling.LONGEST_PAUSE)


async def waited_for(spoken_to: Access, job_id: str, what: str) -> tuple[Job, bytes]:
    """The same with a live line; interrupted, it says how to go on."""
    try:
        with render.progress() as progress:
            task = progress.add_task(what, total=100, detail="")

            def show(job: Job) -> None:
                progress.update(task, completed=job.percent, detail=f"{job.items_done:,} done")

            async with Client(spoken_to, patient=True) as client:
                return await ended(client, job_id, show)
    except asyncio.CancelledError:
        click.echo(going_on(job_id), err=True)
        raise
    except failures.Unavailable as failure:
        raise failures.Unavailable(f"{failure.message}\n{going_on(job_id)}") from None


def going_on(job_id: str) -> str:
    """What to do about a job that nobody waits for any more."""
    shown = render.neutral(job_id)
    return f"job {shown} goes on in the gateway: gatehouse jobs {shown}; --kill ends it"


def begun(reply: bytes) -> str:
    """The id of the job that a request has started."""
    return answers.decode(reply, Job).id


def about(policy: str | None) -> str:
    """Where a policy is, by its id; where the whole account is, for None."""
    return "" if policy is None else f"/access/policies/{quote(policy, safe='')}"


def included(without: tuple[str, ...]) -> dict[str, Any]:
    """The configuration that leaves some things out, by the words of the command line."""
    return {PARTS[word]: False for word in without}
