"""No cell of a file of results is executed by whoever opens it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.wire.results.formulas import neutral, neutral_column
from tests.wire.results.strategies import NASTY, TEXTS

# How a formula begins, and what a spreadsheet may take for the border of a cell.
BEGINNINGS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
BORDERS = ";|\t\r\n"


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\ufeff"])
def test_what_begins_a_formula_is_a_text(beginning: str, before: str) -> None:
    assert neutral(f"{before}{beginning}1+1").startswith("'")


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("beginning", "=+-@\uff1d")
def test_what_would_begin_a_formula_behind_another_border_is_a_text(border: str, beginning: str) -> None:
    assert neutral(f"Ann{border}{beginning}1+1").endswith(f"{border}'{beginning}1+1")


@pytest.mark.parametrize(
    "text",
    [
        *("", "Ann", "ann@a.example", "O'Brien", "Ann-Marie", "1=1", "a+b", "'=1", "'", "Dr. Ann", "¡Ann!"),
        *("Müller; Ann", "a|b", "Ann\nLee", "渡辺", "🙂"),
    ],
)
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


@given(TEXTS | NASTY)
def test_no_cell_begins_a_formula_wherever_its_borders_are(text: str) -> None:
    cells = neutral(text)
    for border in BORDERS:
        cells = cells.replace(border, ";")
    # A cell that is only a border's other half is empty, and no formula.
    starts = [cell.lstrip(" \u00a0\u3000\ufeff\u200b")[:1] for cell in cells.split(";")]
    assert [start for start in starts if start and start in BEGINNINGS] == []


@given(TEXTS | NASTY)
def test_nothing_but_apostrophes_is_added(text: str) -> None:
    assert neutral(text).replace("'", "") == text.replace("'", "")


@given(st.lists(TEXTS | NASTY))
def test_a_column_is_as_its_texts(texts: list[str]) -> None:
    assert list(neutral_column(texts)) == [neutral(text) for text in texts]
