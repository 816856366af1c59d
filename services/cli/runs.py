"""Policy tests in the gateway: one is started, and waited for."""

import uuid

from services.cli import answers, polling, render
from services.cli.access import Access
from services.cli.client import Client, Request
from services.cli.submission import Submission

TESTS = "access/policy-tests"


async def start(spoken_to: Access, asked: Submission) -> answers.Started:
    """Start a test. A try that was answered and got lost on the way starts no second one."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    async with Client(spoken_to) as client:
        reply = await client.send(Request("POST", TESTS, lambda: asked.body, headers, told=asked.told))
    return answers.decode(answers.decode(reply, answers.Answer).result, answers.Started)


async def finished(spoken_to: Access, uid: str) -> bytes:
    """The test when it has ended, as the gateway says it."""
    with render.progress() as progress:
        task = progress.add_task("testing", total=100, detail="")

        def show(test: answers.Test) -> None:
            progress.update(
                task, completed=test.percent_users_processed, detail=f"{test.total_users:,} users"
            )

        async with Client(spoken_to, patient=True) as client:
            _, raw = await polling.settled(client, f"{TESTS}/{uid}", answers.Test, show)
            return bytes(raw)


def going_on(spoken_to: Access, uid: str) -> str:
    """What to do about a test that nobody waits for any more."""
    return (
        f"test {uid} goes on in the gateway; its users so far: gatehouse users {uid}; "
        f"to end it: gatehouse cancel {uid}; "
        f"its progress: GET {spoken_to.url}/accounts/{spoken_to.account}/{TESTS}/{uid}"
    )
