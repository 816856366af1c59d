"""How long a policy test takes, as its client sees it."""

import asyncio
from statistics import median

from tests.benchmarks.report import Line, milliseconds
from tests.benchmarks.stage import Stage
from tests.benchmarks.wire import Ended

WARM_UP = 5


def target(users: int) -> float | None:
    """Seconds; None for sizes that nobody promised anything about."""
    return {1_000_000: 0.15, 10_000_000: 0.5}.get(users)


def runs(stage: Stage, body: bytes, count: int) -> list[Ended]:
    wire = stage.new_wire()
    return [wire.tested(body) for _ in range(count)]


async def cold(stage: Stage, body: bytes, count: int) -> list[Ended]:
    """Each the first test of workers that have just started."""
    ended = []
    for _ in range(count):
        await stage.restart_workers()
        ended += await asyncio.to_thread(runs, stage, body, 1)
    return ended


async def warm(stage: Stage, body: bytes, count: int) -> list[Ended]:
    """Each on workers that have tested this policy before."""
    return (await asyncio.to_thread(runs, stage, body, WARM_UP + count))[WARM_UP:]


def line(what: str, users: int, ended: list[Ended]) -> Line:
    seconds, limit = [each.seconds for each in ended], target(users)
    if limit is None:
        return Line(what, milliseconds(seconds))
    return Line(what, milliseconds(seconds), f"≤ {1000 * limit:.0f} ms", median(seconds) <= limit)
