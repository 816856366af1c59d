"""The product beside the two ways that somebody would write by hand, same data, same answer."""

from tests.benchmarks import python_rows, sql_rows
from tests.benchmarks.flat import Sample
from tests.benchmarks.report import Line, at_least, number
from tests.benchmarks.stage import Stage

PYTHON_TIMES, SQL_TIMES = 60, 12
WORKERS = (1, 2)


async def compare(stage: Stage, sample: Sample, ours: float) -> list[Line]:
    """`ours` are the seconds that the product takes; the faster of each way's runs is what counts."""
    python = {workers: await python_rows.seconds(stage, sample, workers) for workers in WORKERS}
    sql = {workers: await sql_rows.seconds(stage, sample, workers) for workers in WORKERS}
    return [
        *_lines("rows fetched, Python closures, COPY of a row per user", python, sample, "process(es)"),
        _ratio("- times the product's", python, sample, (ours, PYTHON_TIMES)),
        *_lines("the policy as SQL, INSERT … SELECT of a row per user", sql, sample, "connection(s)"),
        _ratio("- times the product's", sql, sample, (ours, SQL_TIMES)),
    ]


def _lines(what: str, taken: dict[int, float], sample: Sample, unit: str) -> list[Line]:
    return [
        Line(
            f"{what}, {workers} {unit}",
            f"{number(seconds * sample.scale)} s, {number(sample.users / seconds)} users/s{sample.words}",
        )
        for workers, seconds in taken.items()
    ]


def _ratio(what: str, taken: dict[int, float], sample: Sample, ours: tuple[float, int]) -> Line:
    seconds, target = ours
    return at_least(
        f"{what}, the faster of them", min(taken.values()) * sample.scale / seconds, target, "times"
    )
