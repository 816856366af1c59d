"""`python -m tests.benchmarks [--users N] [--quick]`: one table, measured on servers of its own."""

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.benchmarks import (
    asking_why,
    by_hand,
    changes,
    checking,
    engines,
    exporting,
    flat,
    importing,
    long_lists,
    machine,
    pages,
    people,
    people_pages,
    policy,
    polling,
    queue_share,
    replicas,
    resolving,
    sizes,
    testing,
)
from tests.benchmarks.report import Line, table
from tests.benchmarks.stage import Stage, stage

EMAILS = "SELECT address FROM users WHERE account_id = $1 AND ordinal = ANY($2::bigint[])"


class Effort:
    """How often each thing is measured."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.cold, self.warm, self.changes = (2, 7, 2) if quick else (5, 21, 5)
        self.pages, self.poll_seconds = (20, 3.0) if quick else (100, 10.0)


def say(words: str) -> None:
    """What is going on, beside the table."""
    sys.stderr.write(f"{words}\n")


async def excluded(on: Stage, users: int) -> list[str]:
    """The addresses that the policy names: any users'."""
    wanted = random.Random(2).sample(range(users), min(users, policy.EXCLUDED))
    connection = await on.connect()
    rows = await connection.fetch(EMAILS, on.account, wanted)
    await connection.close()
    return sorted(row["address"] for row in rows)


async def bring_in(on: Stage, path: Path, users: int) -> list[Line]:
    """The directory: imported, and copied from what was imported where it is too large."""
    first, last = replicas.split(users)
    say(f"importing {first:,} users")
    lines = await importing.bring_in(on, path, first)
    if first < users:
        say(f"copying them to {users:,}")
        await replicas.grow(on, users)
        data = await asyncio.to_thread(people.after, first, last)
        await asyncio.to_thread(on.new_wire().imported, data, len(data))
    return lines


async def measure(on: Stage, users: int, effort: Effort, lines: list[Line]) -> None:
    """Everything, line by line: what was measured before a failure is not lost."""
    path = on.folder / "people.ndjson"
    lines += await bring_in(on, path, users)
    changing = people.sample(path, min(users, replicas.BASE), changes.USERS)
    path.unlink()
    body = policy.cloudflare(emails := await excluded(on, users))
    say("testing")
    first = await asyncio.to_thread(testing.runs, on, body, 1)
    cold = await testing.cold(on, body, effort.cold)
    warm = await testing.warm(on, body, effort.warm)
    lines += [
        testing.line("policy test, POST to `complete`, first one after the import", users, first),
        testing.line("policy test, workers just started", users, cold),
        testing.line("policy test, workers that know the postings", users, warm),
        *await queue_share.parts(on, body, effort.warm),
        *await changes.measure(on, body, changing, effort.changes),
    ]
    # The ways by hand see the directory as it is now.
    last = (await testing.warm(on, body, 1))[0].status["id"]
    lines += await compared(on, users, last, (emails, median(each.seconds for each in warm), effort))
    say("pages and polls")
    lines += await pages.measure(on, last, effort.pages)
    lines += await polling.measure(on, body, effort.poll_seconds)
    lines += await exporting.measure(on, users, last)
    say("reasons and comparisons")
    lines += await asking_why.measure(on, emails, effort.changes)
    say("users, references, long lists")
    lines += await people_pages.measure(on, users, effort.pages)
    lines += await resolving.measure(on)
    lines += await long_lists.measure(on, users)
    say("entitlements")
    lines += await checking.measure(on, users, effort.poll_seconds)
    lines += await sizes.measure(on, users, last)


async def compared(on: Stage, users: int, test_id: str, given: tuple[list[str], float, Effort]) -> list[Line]:
    emails, ours, effort = given
    say("the ways by hand")
    sample = await flat.build(on, users, test_id, emails)
    return [
        *await by_hand.compare(on, sample, ours),
        *await engines.compare(on, sample, quick=effort.quick),
    ]


async def run(users: int, effort: Effort) -> None:
    with tempfile.TemporaryDirectory(prefix="gatehouse-benchmark-") as folder:
        async with stage(Path(folder)) as on:
            about = machine.description(on.postgres.version)
            lines: list[Line] = []
            try:
                await measure(on, users, effort, lines)
            finally:
                print(f"{users:,} users. {about}\n\n{table(lines)}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--users", type=int, default=1_000_000, help="how many users (default 1,000,000)")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: to see that it works")
    asked = parser.parse_args()
    asyncio.run(run(asked.users, Effort(quick=asked.quick)))


if __name__ == "__main__":
    main()
