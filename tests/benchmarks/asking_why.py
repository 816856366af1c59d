"""Why: the reasons of a test, one user explained, a comparison, what if; for the first time, and again."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

from tests.benchmarks import policy
from tests.benchmarks.report import Line, milliseconds
from tests.benchmarks.stage import Stage
from tests.benchmarks.wire import TESTS, Wire

TARGET, EXPLANATION_TARGET = 0.2, 0.05
PAIRS = 1000


class Asked(NamedTuple):
    """Seconds of answers: of a test that nobody asked about before, and of the same once more."""

    first: float
    again: float


async def measure(stage: Stage, emails: Sequence[str], turns: int) -> list[Line]:
    """Lines for each question."""
    return await asyncio.to_thread(_lines, stage, emails, turns)


def _lines(stage: Stage, emails: Sequence[str], turns: int) -> list[Line]:
    wire = stage.new_wire()
    before = wire.tested(policy.cloudflare(emails[: len(emails) // 2])).status["id"]
    page = wire.call("GET", f"{TESTS}/{before}/users?per_page={PAIRS}")["result"]
    user = page[0]["id"]
    body = {**json.loads(policy.cloudflare(emails)), "users": [{"id": each["id"]} for each in page]}
    ways: tuple[tuple[str, float, Callable[[str], str]], ...] = (
        ("reasons of a test", TARGET, lambda test: f"{test}/reasons"),
        (
            "explanation of one user",
            EXPLANATION_TARGET,
            lambda test: f"{test}/users/{user}/explanation",
        ),
        ("comparison with another test", TARGET, lambda test: f"{test}/comparison?base={before}"),
    )
    lines = []
    for what, target, path in ways:
        asked = [_asked(wire, path(_fresh(wire, emails))) for _ in range(turns)]
        lines += _answered(what, target, asked)
    started = time.perf_counter()
    assert len(wire.call("POST", "/access/evaluate", json.dumps(body))["result"]) == len(page)
    seconds = time.perf_counter() - started
    return [*lines, Line(f"what if: {len(page):,} users explained at once", milliseconds([seconds]))]


def _fresh(wire: Wire, emails: Sequence[str]) -> str:
    """The path of a complete test."""
    return f"{TESTS}/{wire.tested(policy.cloudflare(emails)).status['id']}"


def _asked(wire: Wire, path: str) -> Asked:
    seconds = []
    for _ in range(2):
        started = time.perf_counter()
        wire.call("GET", path)
        seconds.append(time.perf_counter() - started)
    return Asked(*seconds)


def _answered(what: str, target: float, asked: Sequence[Asked]) -> list[Line]:
    first, again = [each.first for each in asked], [each.again for each in asked]
    met = median(first) <= target
    return [
        Line(f"{what}, for the first time", milliseconds(first), f"≤ {1000 * target:.0f} ms", met),
        Line(f"{what}, again", milliseconds(again)),
    ]
