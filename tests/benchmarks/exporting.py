"""How fast a test's results become a file, in each format, and how fast the file is sent."""

import asyncio
import time
from typing import NamedTuple

from tests.benchmarks import cpu
from tests.benchmarks.report import Line, at_most, number
from tests.benchmarks.stage import Stage
from tests.benchmarks.wire import TESTS

FORMS = ("csv", "ndjson", "parquet")
TARGET = 10.0  # seconds a million users
POLL_SECONDS = 0.02


class Exported(NamedTuple):
    """Seconds until the file is whole, bytes of it, seconds until these are received."""

    writing: float
    size: int
    sending: float


async def measure(stage: Stage, users: int, test_id: str) -> list[Line]:
    """A line for each format, and what it costs."""
    return [line for form in FORMS for line in await _measured(stage, users, test_id, form)]


async def _measured(stage: Stage, users: int, test_id: str, form: str) -> list[Line]:
    before = cpu.used(stage)
    done = await asyncio.to_thread(_exported, stage, test_id, form)
    used = cpu.used(stage).since(before)
    stage.note_peaks()
    return [
        at_most(
            f"results of {users:,} users as {form}, POST to `complete`",
            done.writing,
            TARGET * max(users, 1_000_000) / 1_000_000,
            "s",
        ),
        Line("- download", f"{number(done.size / 1e6)} MB, {number(done.size / done.sending / 1e6)} MB/s"),
        Line("- processor time per user, µs", used.words(users)),
    ]


def _exported(stage: Stage, test_id: str, form: str) -> Exported:
    wire, started = stage.new_wire(), time.perf_counter()
    export_id = wire.call("POST", f"{TESTS}/{test_id}/export?format={form}")["result"]["id"]
    path = f"{TESTS}/{test_id}/exports/{export_id}"
    while (export := wire.call("GET", path)["result"])["status"] == "processing":
        time.sleep(POLL_SECONDS)
    assert export["status"] == "complete", export
    written = time.perf_counter()
    size = len(wire.exchange("GET", f"{path}/download"))
    return Exported(written - started, size, time.perf_counter() - written)
