"""`gatehouse test`: a policy set against every user of the directory."""

import asyncio
import json
import time
import uuid
from typing import TypedDict, Unpack

import click

from services.cli import access, answers, expectations, failures, json_file, polling, render
from services.cli.access import Access
from services.cli.client import Client, Request

TESTS = "access/policy-tests"
ENDINGS = {answers.COMPLETE: failures.DONE, answers.EXCEEDED: failures.OUT_OF_TIME}

EXAMPLE = (
    "\b\nExample:"
    "\n  gatehouse test policies.json"
    "\n  gatehouse test policies.json --json | jq .percent_blocked"
    "\n  gatehouse test policies.json --base TEST_ID --max-lost 0 --expect expectations.json"
)


class Wanted(TypedDict):
    """What the test is compared with, and what it is expected to say."""

    base: str | None
    expect: str | None
    max_lost: int | None
    max_gained: int | None


def request_body(file: str) -> bytes:
    """What to send of a file with `{"policies": […]}` or a bare list; raises UsageError for anything else."""
    text, document = json_file.read(file)
    # Sent as it was written, so that the gateway judges what the author wrote and not what we made of it.
    if isinstance(document, list):
        return f'{{"policies":{text}}}'.encode()
    if isinstance(document, dict) and "policies" in document:
        return text.encode()
    raise click.UsageError(f"`{file}` holds neither a list of policies nor an object with `policies`")


async def start(spoken_to: Access, body: bytes) -> answers.Started:
    """Start the test. A try that was answered and got lost on the way starts no second one."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    async with Client(spoken_to) as client:
        reply = await client.send(Request("POST", TESTS, lambda: body, headers))
    return answers.decode(answers.decode(reply, answers.Answer).result, answers.Started)


async def finished(spoken_to: Access, uid: str) -> tuple[answers.Test, bytes]:
    """The test when it has ended, parsed and as it came."""
    with render.progress() as progress:
        task = progress.add_task("testing", total=100, detail="")

        def show(test: answers.Test) -> None:
            progress.update(
                task, completed=test.percent_users_processed, detail=f"{test.total_users:,} users"
            )

        async with Client(spoken_to, patient=True) as client:
            test, raw = await polling.settled(client, f"{TESTS}/{uid}", answers.Test, show)
            return test, bytes(raw)


def summarise(test: answers.Test, seconds: float) -> None:
    """Print how the test ended and its three counts."""
    users = f"{test.total_users:,} users"
    if test.percent_users_processed < 100 and test.total_users:  # noqa: PLR2004  # percent
        users = f"{test.percent_users_processed} % of {users}"
    click.echo(f"test {render.neutral(test.id)} {render.neutral(test.status)}: {users} in {seconds:.2f} s")
    render.console().print(render.verdicts(test))


@click.command(
    "test",
    epilog=EXAMPLE,
)
@click.argument("file", metavar="POLICIES.json")
@click.option("--wait/--no-wait", default=True, help="Wait until every user is decided (the default).")
@click.option("--json", "as_json", is_flag=True, help="Print the gateway's answer instead of a table.")
@click.option("--base", help="A test to compare with, for what may be lost or gained.")
@click.option("--expect", metavar="FILE", help="Expectations, besides those in POLICIES.json.")
@click.option("--max-lost", type=click.IntRange(min=0), help="At most so many lose access, since --base.")
@click.option("--max-gained", type=click.IntRange(min=0), help="At most so many gain access, since --base.")
@access.options
def command(spoken_to: Access, *, file: str, wait: bool, as_json: bool, **wanted: Unpack[Wanted]) -> None:
    """Test the policies in a file (`-`: standard input): who gets in, who is locked out, who is undecided.

    The file holds a list of policies, or an object with that list as `policies`.
    Ends with 0 when complete, 1 when an expectation does not hold, 2 when refused, 3 when it could not run,
    4 when its time ran out.
    """
    body, begun = _asked(file, wanted), time.monotonic()
    started = asyncio.run(start(spoken_to, body))
    if not wait:
        click.echo(json.dumps({"id": started.id}) if as_json else render.neutral(started.id))
        return
    try:
        test, raw = asyncio.run(finished(spoken_to, started.id))
    except KeyboardInterrupt:
        click.echo(going_on(spoken_to, started.id), err=True)
        raise
    except failures.Unavailable as failure:
        raise failures.Unavailable(f"{failure.message}\n{going_on(spoken_to, started.id)}") from None
    if as_json:
        click.echo(raw)
    else:
        summarise(test, time.monotonic() - begun)
    if (code := ENDINGS.get(test.status, failures.UNAVAILABLE)) == failures.UNAVAILABLE:
        why = test.failure or test.state or "no reason given"
        raise failures.Unavailable(render.neutral(f"test {test.id} {test.status}: {why}"))
    if code == failures.DONE and expectations.stand_in(body):
        code = failures.DONE if _holds(spoken_to, test.id, as_json=as_json) else failures.ASSERTION
    raise click.exceptions.Exit(code)


def _asked(file: str, wanted: Wanted) -> bytes:
    """What to send; raises UsageError."""
    bounds = expectations.bounds(wanted["max_lost"], wanted["max_gained"])
    if bounds and wanted["base"] is None:
        raise click.UsageError("--max-lost and --max-gained need --base: lost and gained since which test?")
    given = [] if wanted["expect"] is None else expectations.of_file(wanted["expect"])
    return expectations.added(request_body(file), wanted["base"], [*given, *bounds])


def _holds(spoken_to: Access, uid: str, *, as_json: bool) -> bool:
    """Whether all expectations of a complete test hold; they are shown, beside JSON on standard error."""
    rows = asyncio.run(expectations.judged(spoken_to, f"{TESTS}/{uid}"))
    render.console(error=as_json).print(expectations.shown(rows))
    return all(row.holds is True for row in rows)


def going_on(spoken_to: Access, uid: str) -> str:
    """What to do about a test that nobody waits for any more."""
    return (
        f"test {uid} goes on in the gateway; its users so far: gatehouse users {uid}; "
        f"to end it: gatehouse cancel {uid}; "
        f"its progress: GET {spoken_to.url}/accounts/{spoken_to.account}/{TESTS}/{uid}"
    )
