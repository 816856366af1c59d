"""How fast a directory comes in, index included."""

import asyncio
from pathlib import Path

from tests.benchmarks import cpu, people
from tests.benchmarks.report import Line, at_least, number
from tests.benchmarks.stage import Stage
from tests.benchmarks.wire import Imported

TARGET = 20_000  # users per second
WATCH_SECONDS = 0.5


async def bring_in(stage: Stage, path: Path, users: int) -> list[Line]:
    """Generate users into a file and import it."""
    size = await asyncio.to_thread(people.write, path, users)
    before = cpu.used(stage)
    watching = asyncio.create_task(_watch(stage))
    done = await asyncio.to_thread(_upload, stage, path, size)
    watching.cancel()
    used = cpu.used(stage).since(before)
    assert done.status["users_created"] == users, done.status
    seconds = done.upload + done.merge
    return [
        at_least(
            f"import of {users:,} users ({number(size / users)} bytes each)",
            users / seconds,
            TARGET,
            "users/s",
        ),
        Line(
            "- upload, until it is accepted",
            f"{number(done.upload)} s, {number(size / done.upload / 1e6)} MB/s",
        ),
        Line(
            "- merge, until it is complete", f"{number(done.merge)} s, {number(users / done.merge)} users/s"
        ),
        Line("- processor time per user, µs", used.words(users)),
    ]


async def _watch(stage: Stage) -> None:
    """Note how much memory is taken, by processes too that are gone afterwards."""
    while True:
        stage.note_peaks()
        await asyncio.sleep(WATCH_SECONDS)


def _upload(stage: Stage, path: Path, size: int) -> Imported:
    with path.open("rb") as file:
        return stage.new_wire().imported(file, size)
