"""`gatehouse test`: a policy set against every user of the directory."""

import asyncio
import json
import time
from typing import TypedDict, Unpack

import click

from services.cli import access, answers, failures, local, render, report, runs, submission, summary
from services.cli.access import Access, Given
from services.cli.local import Files
from services.cli.report import Parts, Report
from services.cli.reports import outlets
from services.cli.submission import Submission

ENDINGS = {answers.COMPLETE: failures.DONE, answers.EXCEEDED: failures.OUT_OF_TIME}

EXAMPLE = (
    "\b\nExample:"
    "\n  gatehouse test policies.json"
    "\n  gatehouse test policies.json --json | jq .percent_blocked"
    "\n  gatehouse test policies.json --base TEST_ID --max-lost 0 --expect expectations.json"
    "\n  gatehouse test policies.json --local users.ndjson --base old.json --markdown report.md"
)


class Chosen(TypedDict):
    """Where the users are, what they are expected to get and had before, what is written and where."""

    directory: str | None
    resources: str | None
    base: str | None
    expect: str | None
    max_lost: int | None
    max_gained: int | None
    markdown: str | None
    junit: str | None
    sarif: str | None
    wait: bool
    as_json: bool


@click.command("test", epilog=EXAMPLE)
@click.argument("file", metavar="POLICIES.json")
@click.option("--wait/--no-wait", default=True, help="Wait until every user is decided (the default).")
@click.option("--json", "as_json", is_flag=True, help="Print the answers as JSON instead of tables.")
@click.option("--base", help="A test to compare with; with --local, a file of policies.")
@click.option("--expect", metavar="FILE", help="Expectations, besides those in POLICIES.json.")
@click.option("--max-lost", type=click.IntRange(min=0), help="At most so many lose access, since --base.")
@click.option("--max-gained", type=click.IntRange(min=0), help="At most so many gain access, since --base.")
@click.option("--local", "directory", metavar="USERS.ndjson", help="Test these users here, with no gateway.")
@click.option("--resources", metavar="FILE", help="Groups, lists, policies to refer to, with --local.")
@click.option("--markdown", metavar="FILE", help="Write a report to be read; `-`: to standard output.")
@click.option("--junit", metavar="FILE", help="Write what became of the expectations; `-` likewise.")
@click.option("--sarif", metavar="FILE", help="Write the findings; `-` likewise.")
@access.offered
def command(given: Given, *, file: str, **chosen: Unpack[Chosen]) -> None:
    """Test the policies in a file (`-`: standard input): who gets in, who is locked out, who is undecided.

    The file holds a list of policies, or an object with that list as `policies`.
    Ends with 0 when complete, 1 when an expectation does not hold, 2 when refused, 3 when it could not run,
    4 when its time ran out.
    """
    wanted = _outlets(file, chosen)
    begun, where = time.monotonic(), _where(given, chosen)
    asked = _asked(file, chosen)
    try:
        parts = local.tested(asked, where) if isinstance(where, Files) else _tested(where, asked, chosen)
    except (failures.Refused, failures.Unavailable) as failure:
        outlets.write(wanted, report.failed(failure), asked)
        raise
    if parts is None:
        return
    found = report.of(parts)
    outlets.write(wanted, found, asked)
    if chosen["as_json"]:
        click.echo(report.as_json(parts))
    if chosen["as_json"] or any(each.on_stdout for each in wanted):
        summary.show_expectations(found)
    else:
        summary.show(found, time.monotonic() - begun, directory=chosen["directory"])
    raise click.exceptions.Exit(_code(found, asked))


def _outlets(file: str, chosen: Chosen) -> tuple[outlets.Outlet, ...]:
    """Where reports go; raises UsageError."""
    named = {"markdown": chosen["markdown"], "junit": chosen["junit"], "sarif": chosen["sarif"]}
    read = (file, chosen["expect"], chosen["base"], chosen["directory"], chosen["resources"])
    found = outlets.checked(named, read, on_stdout=chosen["as_json"])
    if not chosen["wait"] and (found or chosen["directory"] is not None):
        raise click.UsageError("--no-wait leaves a test to the gateway: there is nothing to report, or to do")
    return found


def _where(given: Given, chosen: Chosen) -> Access | Files:
    """Who is to run the test: a gateway, or this machine on files; raises UsageError."""
    if chosen["directory"] is not None:
        return local.checked(Files(chosen["directory"], chosen["base"], chosen["resources"]))
    if chosen["resources"] is not None:
        raise click.UsageError("--resources goes with --local: a gateway has groups and lists of its own")
    return access.find(given)


def _asked(file: str, chosen: Chosen) -> Submission:
    """What to send; raises UsageError."""
    asked = submission.read(file)
    if chosen["base"] is not None:
        asked = submission.based(asked, None if chosen["directory"] is not None else chosen["base"])
    bounds = submission.bounds(chosen["max_lost"], chosen["max_gained"])
    if bounds and not asked.based:
        raise click.UsageError("--max-lost and --max-gained need --base: lost and gained since which test?")
    return submission.expecting(asked, chosen["expect"], bounds)


def _tested(spoken_to: Access, asked: Submission, chosen: Chosen) -> Parts | None:
    """The report of a test in a gateway; None when nobody wants to wait for it."""
    started = asyncio.run(runs.start(spoken_to, asked))
    if not chosen["wait"]:
        click.echo(json.dumps({"id": started.id}) if chosen["as_json"] else render.neutral(started.id))
        return None
    try:
        raw = asyncio.run(runs.finished(spoken_to, started.id))
    except KeyboardInterrupt:
        click.echo(runs.going_on(spoken_to, started.id), err=True)
        raise
    except failures.Unavailable as failure:
        going_on = runs.going_on(spoken_to, started.id)
        raise failures.Unavailable(f"{failure.message}\n{going_on}") from None
    return asyncio.run(report.gathered(spoken_to, raw, based=asked.based))


def _code(found: Report, asked: Submission) -> int:
    """How the command ends; raises Unavailable for a test that could not run, or not to its end."""
    test = found.test
    if test.status not in ENDINGS:
        why = test.failure or test.state or "no reason given"
        raise failures.Unavailable(render.neutral(f"test {test.id} {test.status}: {why}"))
    if not found.complete:
        return ENDINGS[test.status]
    if len(found.expectations) < asked.expected:
        raise failures.Unavailable(
            f"of {asked.expected} expectations only {len(found.expectations)} were judged"
        )
    return failures.ASSERTION if found.broken or found.open else failures.DONE
