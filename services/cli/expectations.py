"""What became of the expectations of a test."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from services.cli import answers, render

SIGNS = {True: ("holds", "green"), False: ("broken", "red"), None: ("open", "yellow")}


def shown(rows: Iterable[answers.Expected]) -> Table:
    """Expectations, with how many break them."""
    table = render.table(("", False), ("expectation", False), ("of", True), ("broken by", True), ("", False))
    for row in rows:
        sign, colour = SIGNS[row.holds]
        cells = Text(sign, style=colour), Text(render.neutral(row.words))
        problem = Text(render.neutral(row.problem or ""))
        table.add_row(*cells, f"{row.about:,}", f"{row.broken:,}", problem)
    return table
