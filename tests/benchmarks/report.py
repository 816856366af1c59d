"""The one table that a run prints."""

import math
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


class Line(NamedTuple):
    """What was measured, the result in words; the target and whether it was met, where there is one."""

    what: str
    measured: str
    target: str = ""
    met: bool | None = None


def at_most(what: str, value: float, limit: float, unit: str) -> Line:
    return Line(what, f"{number(value)} {unit}", f"≤ {number(limit)} {unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str) -> Line:
    return Line(what, f"{number(value)} {unit}", f"≥ {number(limit)} {unit}", value >= limit)


def number(value: float) -> str:
    """Three figures, or all of a larger number, with separators."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"


def milliseconds(seconds: Sequence[float]) -> str:
    """The middle and the ends of some durations."""
    middle, least, most = (1000 * value for value in (median(seconds), min(seconds), max(seconds)))
    return f"{number(middle)} ms ({number(least)} to {number(most)}, {len(seconds)} runs)"


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def table(lines: Sequence[Line]) -> str:
    words = {True: "met", False: "**not met**", None: ""}
    rows = [("measured", "result", "target", ""), ("---", "---", "---", "---")]
    rows += [(line.what, line.measured, line.target, words[line.met]) for line in lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
