"""The list of users: its ten-thousandth page, its last one, an address, a text that nobody has."""

import asyncio
import json
import time
from statistics import median
from urllib.parse import urlencode

from tests.benchmarks.report import Line, number, quantile
from tests.benchmarks.stage import Stage

PAGE, PER_PAGE = 10_000, 1000
TARGET = 0.050
SEARCHES = 5
WARM_UP = 5


async def measure(stage: Stage, users: int, count: int) -> list[Line]:
    """A line for each way to look."""
    return await asyncio.to_thread(_lines, stage, users, count)


def _lines(stage: Stage, users: int, count: int) -> list[Line]:
    size = max(1, min(PER_PAGE, users // PAGE))
    first = _ask(stage, page=1, per_page=1)
    ways = [
        (f"page {PAGE:,} of {size}", {"page": PAGE, "per_page": size}, TARGET, count),
        (f"the last page of {PER_PAGE}", {"page": -(-users // PER_PAGE), "per_page": PER_PAGE}, None, count),
        ("one address", {"email": first["result"][0]["email"]}, TARGET, count),
        ("a text that nobody has", {"search": "no such text", "per_page": 50}, None, SEARCHES),
    ]
    return [_line(stage, *way) for way in ways]


def _ask(stage: Stage, **query: str | int) -> dict:
    return stage.wire.call("GET", f"/access/users?{urlencode(query)}")


def _line(stage: Stage, what: str, query: dict[str, str | int], target: float | None, count: int) -> Line:
    wire, taken, path = stage.new_wire(), [], f"/access/users?{urlencode(query)}"
    for _ in range(WARM_UP + count):
        started = time.perf_counter()
        answer = wire.exchange("GET", path)
        taken.append(time.perf_counter() - started)
        found = json.loads(answer)["success"]
        assert found or target is None, answer
    middle, late = median(taken[WARM_UP:]), quantile(taken[WARM_UP:], 0.99)
    measured = f"{number(1000 * middle)} ms, p99 {number(1000 * late)} ms"
    if not found:
        measured += ": refused, it takes too long"
    if target is None:
        return Line(f"list of users, {what}", measured)
    return Line(f"list of users, {what}", measured, f"≤ {1000 * target:.0f} ms", middle <= target)
