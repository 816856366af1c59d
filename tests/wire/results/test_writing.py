"""Files of results say what their rows say, whatever stands in them."""

import csv
import io
import sys

import msgspec
import pytest
from hypothesis import given
from pyarrow import parquet as parquet_files

from shared.directory.errors import Refused
from shared.wire.cloudflare.policy_tests import Row
from shared.wire.results import parquet
from shared.wire.results.forms import FORMS, writer
from shared.wire.results.formulas import neutral
from tests.wire.results.strategies import BATCHES

NAMES = ["id", "email", "name", "status"]


def written(form, batches) -> bytes:
    file = writer(form)
    return b"".join([*(file.write(rows) for rows in batches), file.end()])


def flat(batches) -> list[tuple[str, str, str, str]]:
    return [(str(row.id), row.email, row.name, row.status) for rows in batches for row in rows]


@given(BATCHES)
def test_csv_has_a_line_of_names_and_a_line_for_each_user(batches) -> None:
    text = written("csv", batches).decode()
    lines = list(csv.reader(io.StringIO(text, newline="")))
    expected = [[each[0], neutral(each[1]), neutral(each[2]), each[3]] for each in flat(batches)]
    assert lines == [NAMES, *expected]
    assert text.endswith("\r\n")


@given(BATCHES)
def test_ndjson_has_the_rows_of_the_pages(batches) -> None:
    lines = written("ndjson", batches).splitlines()
    expected = [row for rows in batches for row in rows]
    assert [msgspec.json.decode(line, type=Row) for line in lines] == expected


@given(BATCHES)
def test_parquet_has_the_rows_as_four_columns_of_text(batches) -> None:
    table = parquet_files.read_table(io.BytesIO(written("parquet", batches)))
    assert table.column_names == NAMES
    assert {str(field.type) for field in table.schema} == {"string"}
    assert [tuple(row.values()) for row in table.to_pylist()] == flat(batches)


@pytest.mark.parametrize("form", FORMS)
@given(batches=BATCHES)
def test_the_same_rows_are_the_same_bytes(form, batches) -> None:
    assert written(form, batches) == written(form, batches)


def test_parquet_is_written_in_groups(monkeypatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 10)
    rows = [Row(number, "a@a.example", "Ann", "error") for number in range(4)]
    file = parquet_files.ParquetFile(io.BytesIO(written("parquet", [rows] * 7)))
    sizes = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    assert sizes == [12, 12, 4]


def test_where_the_library_of_parquet_is_missing_it_says_what_to_install(monkeypatch) -> None:
    monkeypatch.delitem(sys.modules, "shared.wire.results.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Refused, match="with the extra `parquet`"):
        writer("parquet")
