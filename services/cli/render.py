"""What people read: tables, bars, progress. Nothing from the directory can move their cursor."""

import sys
import unicodedata
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from services.cli import answers

BAR = 40
UID = 36
PLAIN_WIDTH = 240
# Controls, formats (they can turn the direction of writing), line and paragraph separators.
UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Joiners that ordinary names are written with.
JOINERS = {"\u200c", "\u200d"}
COLOURS = {"approved": "green", "blocked": "red", "error": "yellow"}


def neutral(text: str) -> str:
    """Text whose every character a terminal only shows; others are written as escapes."""
    return "".join(
        char
        if unicodedata.category(char) not in UNSAFE or char in JOINERS
        else char.encode("unicode_escape").decode()
        for char in text
    )


def console(*, error: bool = False) -> Console:
    """Standard output or error; wide where nobody's window limits it. Honours NO_COLOR."""
    stream = sys.stderr if error else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else PLAIN_WIDTH, highlight=False)


def note(text: str) -> None:
    """A remark for somebody who watches."""
    if sys.stderr.isatty():
        console(error=True).print(Text(neutral(text), style="dim"))


def table(*columns: tuple[str, bool]) -> Table:
    """An empty table; each column has a name and whether it holds numbers."""
    empty = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for name, number in columns:
        empty.add_column(name, justify="right" if number else "left", overflow="fold")
    return empty


def blocks(count: int, total: int, *, sign: str) -> str:
    """A bar; anyone at all shows."""
    return sign * max(round(BAR * count / total), 1) if count and total else ""


def verdicts(test: answers.Test) -> Table:
    """A test's three counts, their shares and a bar each."""
    rows = (
        ("approved", test.users_approved, test.percent_approved),
        ("blocked", test.users_blocked, test.percent_blocked),
        ("error", test.users_errored, test.percent_errored),
    )
    total = sum(count for _, count, _ in rows)
    sign = "█" if "utf" in (sys.stdout.encoding or "").lower() else "#"
    shown = table(("verdict", False), ("users", True), ("share", True), ("", False))
    for verdict, count, share in rows:
        bar = Text(blocks(count, total, sign=sign), style=COLOURS[verdict])
        shown.add_row(verdict, f"{count:,}", f"{share} %", bar)
    return shown


def users(rows: Iterable[answers.User]) -> Table:
    """Users and their verdicts."""
    shown = table(("id", False), ("email", False), ("name", False), ("status", False))
    shown.columns[0].min_width = UID  # an id is there to be copied whole
    for row in rows:
        cells = [Text(neutral(cell)) for cell in (row.id, row.email or "", row.name or "")]
        shown.add_row(*cells, Text(neutral(row.status), style=COLOURS.get(row.status, "")))
    return shown


def counts(rows: Sequence[tuple[str, int]]) -> Table:
    """Numbers with their names."""
    shown = table(("", False), ("", True))
    shown.show_header = False
    for name, count in rows:
        shown.add_row(name, f"{count:,}")
    return shown


def progress() -> Progress:
    """A live line on standard error; nothing at all where that is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeElapsedColumn(),
        console=console(error=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
