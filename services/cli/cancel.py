"""`gatehouse cancel`: a policy test that runs is ended; one that has ended is removed, if asked for."""

import asyncio
import re
from typing import NamedTuple

import click
import msgspec

from services.cli import access, answers, failures, polling, render
from services.cli.access import Access
from services.cli.client import Client, Request
from services.cli.runs import TESTS

UID = re.compile(r"[0-9A-Za-z_-]{1,64}")
CANCELLED, REMOVED, ENDED = "cancelled", "removed", "ended"

EXAMPLE = (
    "\b\nExample:"
    "\n  gatehouse cancel TEST_ID"
    "\n  gatehouse tests --state failed --quiet | xargs -n 1 gatehouse cancel --remove"
)


class Deed(NamedTuple):
    """What was done (`action`), and the state the test was left in or had when it was removed."""

    action: str
    state: str


def _state(test: answers.Test) -> str:
    return test.state or test.status


async def end(spoken_to: Access, uid: str, *, remove: bool) -> Deed:
    """Cancel a test, and remove it if told to; raises Absent for one that is not there."""
    path = f"{TESTS}/{uid}"
    async with Client(spoken_to, patient=True) as client:
        before = answers.decode(answers.decode(await client.get(path), answers.Answer).result, answers.Test)
        if before.status != answers.PROCESSING and not remove:
            return Deed(ENDED, _state(before))
        deletion = Request("DELETE", path, again=False)
        await client.send(deletion)
        try:
            # The answer to a deletion does not tell which it was; whether the test is still there does.
            after, _ = await polling.settled(client, path, answers.Test, lambda _: None)
        except failures.Absent:
            return Deed(REMOVED, ENDED if before.status == answers.PROCESSING else _state(before))
        if remove:
            await client.send(deletion)
            return Deed(REMOVED, _state(after))
    return Deed(CANCELLED if _state(after) == CANCELLED else ENDED, _state(after))


def told(uid: str, deed: Deed) -> str:
    """What was done, in a sentence."""
    match deed.action:
        case "cancelled":
            return f"test {uid} cancelled; what it found until then is kept: gatehouse users {uid}"
        case "removed":
            return f"test {uid} removed with its results; its state was {deed.state}"
        case _:
            return f"test {uid} has ended already: {deed.state}; its results are kept (--remove removes them)"


@click.command("cancel", epilog=EXAMPLE)
@click.argument("test_id")
@click.option("--remove", is_flag=True, help="Remove the test with all its results, once it has ended.")
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Nothing but what goes wrong.")
@access.options
def command(spoken_to: Access, *, test_id: str, remove: bool, as_json: bool, quiet: bool) -> None:
    """Cancel a test that runs; its results until then are kept.

    One that has ended already stays as it is, unless --remove is given.
    """
    if UID.fullmatch(test_id) is None:
        raise click.UsageError(f"`{test_id}` is no id of a test: give one that `gatehouse tests` lists")
    try:
        deed = asyncio.run(end(spoken_to, test_id, remove=remove))
    except failures.Absent as failure:
        raise failures.Absent(f"test {test_id} is not there: {failure.message}") from None
    if quiet:
        return
    outcome = {"action": deed.action, "id": test_id, "state": deed.state}
    click.echo(msgspec.json.encode(outcome) if as_json else render.neutral(told(test_id, deed)))
