"""The same policy in two engines, on a sample, nothing stored. For the reader: neither is made for this."""

import importlib.util
import time
from collections.abc import Callable, Sequence

import asyncpg

from tests.benchmarks import casbin_engine, cedar_engine, policy
from tests.benchmarks.flat import Sample
from tests.benchmarks.report import Line, number
from tests.benchmarks.stage import Stage

USERS, QUICK_USERS = 20_000, 2_000
FETCH = """
SELECT email, domain, groups, country, host(ip) AS ip, amr, idp FROM flat WHERE ordinal < $1 ORDER BY ordinal
"""
PREDICATE = "SELECT count(*) FROM flat WHERE ordinal < $1 AND "
Approving = Callable[[Sequence[asyncpg.Record], Sequence[str]], int]

ENGINES: dict[str, tuple[str, Approving]] = {
    "cedarpy": ("cedarpy", cedar_engine.approving),
    "pycasbin": ("casbin", casbin_engine.approving),
}


async def compare(stage: Stage, sample: Sample, *, quick: bool) -> list[Line]:
    """Users per second of each engine that is there; each approves whom the product approves."""
    connection = await stage.connect()
    count = min(sample.users, QUICK_USERS if quick else USERS)
    rows = await connection.fetch(FETCH, count)
    expected = await connection.fetchval(PREDICATE + policy.sql(sample.emails), count)
    await connection.close()
    return [_line(name, rows, sample.emails, expected) for name in ENGINES]


def _line(name: str, rows: Sequence[asyncpg.Record], emails: Sequence[str], expected: int) -> Line:
    what = f"{name}, one process, nothing stored, {len(rows):,} users"
    package, approving = ENGINES[name]
    if importlib.util.find_spec(package) is None:
        return Line(what, "not installed: extra `benchmark`")
    started = time.perf_counter()
    approved = approving(rows, emails)
    taken = time.perf_counter() - started
    assert approved == expected, (name, approved, expected)
    return Line(what, f"{number(len(rows) / taken)} users/s")
