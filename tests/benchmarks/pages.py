"""Any page of a test's users, at random, with each filter."""

import asyncio
import json
import random
import time
from statistics import median

from tests.benchmarks.report import Line, number, quantile
from tests.benchmarks.stage import Stage

FILTERS = (None, "success", "fail", "error")
SIZES = (50, 1000)
TARGET = 0.020
WARM_UP = 5


async def measure(stage: Stage, test_id: str, count: int) -> list[Line]:
    """A line for each size and filter."""
    return await asyncio.to_thread(
        lambda: [_line(stage, test_id, (size, status), count) for size in SIZES for status in FILTERS]
    )


def _line(stage: Stage, test_id: str, which: tuple[int, str | None], count: int) -> Line:
    size, status = which
    query: dict[str, str | int] = {"per_page": size} | ({"status": status} if status else {})
    wire, source, taken = stage.new_wire(), random.Random(size), []
    pages = json.loads(wire.page(test_id, **query))["result_info"]["total_pages"]
    for _ in range(WARM_UP + count):
        page = source.randint(1, max(1, pages))
        started = time.perf_counter()
        answer = wire.page(test_id, page=page, **query)
        taken.append(time.perf_counter() - started)
        assert answer.startswith(b'{"success":true') or json.loads(answer)["success"]
    middle, late = median(taken[WARM_UP:]), quantile(taken[WARM_UP:], 0.99)
    return Line(
        f"users page, {size} a page, {f'filter {status}' if status else 'no filter'}, of {pages:,} at random",
        f"{number(1000 * middle)} ms, p99 {number(1000 * late)} ms",
        f"≤ {1000 * TARGET:.0f} ms",
        middle <= TARGET,
    )
