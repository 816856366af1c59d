"""A report as people read it in a terminal: verdicts, why, what changed, what does not hold, what is odd."""

from collections.abc import Iterator
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from services.cli import compare, expectations, lint, reasons, render
from services.cli.report import Report

ROWS_SHOWN = 10
LINES_SHOWN = 3
Piece = Table | Text
"""Part of what is shown."""


def show(report: Report, seconds: float, *, directory: str | None) -> None:
    """Print a report. The users may be those of a file (`directory`): then no gateway knows of the test."""
    click.echo(_headline(report, seconds, directory))
    known = None if directory is not None else render.neutral(report.test.id)
    pieces = [*_rejected(report), render.verdicts(report.test), *_why(report, known)]
    for piece in (*pieces, *_changes(report, known), *_expected(report), *_found(report, known)):
        render.console().print(piece)


def show_expectations(report: Report) -> None:
    """Print what became of expectations, and lines left out, where standard output is for something else."""
    for piece in (*_rejected(report), *_expected(report)):
        render.console(error=True).print(piece)


def _headline(report: Report, seconds: float, directory: str | None) -> str:
    test = report.test
    users = f"{test.total_users:,} users"
    if test.percent_users_processed < 100 and test.total_users:  # noqa: PLR2004  # percent
        users = f"{test.percent_users_processed} % of {users}"
    which = f"test {test.id}" if directory is None else f"test of {Path(directory).name}"
    return render.neutral(f"{which} {test.status}: {users} in {seconds:.2f} s")


def _rejected(report: Report) -> Iterator[Piece]:
    read = report.directory
    if read is None or not read.rows_rejected:
        return
    shown = [f"line {each.line}: {each.message}" for each in read.errors[:LINES_SHOWN]]
    if more := read.rows_rejected - len(shown):
        shown.append(f"and {more:,} more")
    yield Text(f"left out of the directory: {read.rows_rejected:,} of {read.rows_read:,} lines")
    yield from (Text(render.neutral(f"  {line}")) for line in shown)


def _why(report: Report, known: str | None) -> Iterator[Piece]:
    if report.reasons:
        yield Text("\nwhy", style="bold")
        yield reasons.shown(report.reasons[:ROWS_SHOWN])
        yield from _more(len(report.reasons) - ROWS_SHOWN, known and f"gatehouse reasons {known}")


def _changes(report: Report, known: str | None) -> Iterator[Piece]:
    found = report.comparison
    if found is None:
        return
    yield Text("\nsince the base", style="bold")
    yield compare.changes(found)
    if rows := compare.decisive(found):
        yield Text("")
        yield compare.moved(rows[:ROWS_SHOWN])
        base = f"gatehouse compare {render.neutral(found.base)} {known}"
        yield from _more(len(rows) - ROWS_SHOWN, known and base)
    if same := compare.idle(found):
        yield Text(same)


def _expected(report: Report) -> Iterator[Piece]:
    if report.expectations:
        yield Text("\nexpectations", style="bold")
        yield expectations.shown(report.expectations)


def _found(report: Report, known: str | None) -> Iterator[Piece]:
    rows = sorted(report.findings, key=lambda row: lint.rank(row.level))
    bad = [row for row in rows if lint.rank(row.level) <= lint.rank("warning")][:ROWS_SHOWN]
    if bad:
        yield Text("\nfindings", style="bold")
    for row in bad:
        level = Text(render.neutral(row.level.replace("_", " ")), style=lint.LEVELS.get(row.level, ""))
        said = render.neutral(f" {row.pointer}: {row.sentence} ({row.code})")
        yield Text.assemble(level, said, no_wrap=True, overflow="ellipsis")
    if bad:
        yield from _more(len(rows) - len(bad), known and f"gatehouse lint --test {known}")


def _more(count: int, command: str | None) -> Iterator[Piece]:
    """How many are not shown, and where they are."""
    if count > 0:
        yield Text(f"and {count:,} more: {command or '--json has them all'}")
