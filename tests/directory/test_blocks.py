"""Cutting an upload into blocks: however it arrives, the same rows with the same numbers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.directory.errors import Refused
from shared.wire.directory import blocks
from shared.wire.directory.blocks import BLOCK_BYTES, BOM, ROW_BYTES, Cutter
from shared.wire.directory.records import ndjson_records
from shared.wire.directory.spreadsheet import Header, csv_records

SMALL = 48  # bytes of a block, so that a few rows fill several


def cut(form, chunks, size=SMALL):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_BYTES", size)
        cutter = Cutter(form)
        return cutter, [block for chunk in chunks for block in cutter.feed(chunk)] + list(cutter.finish())


def chunked(data, ends):
    edges = [0, *sorted(min(end, len(data)) for end in ends), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


ENDS = st.lists(st.integers(0, 400), max_size=30)
NAMES = st.lists(st.text('ab,"\n;é', max_size=12), max_size=12)
NEWLINES = st.sampled_from(["\n", "\r\n"])


def spreadsheet(names, newline, *, final):
    cells = ['"' + name.replace('"', '""') + '"' for name in names]
    lines = ["email,name", *(f"u{number}@a.example,{cell}" for number, cell in enumerate(cells))]
    return (newline.join(lines) + newline * final).encode()


@given(NAMES, ENDS, NEWLINES, st.booleans(), st.booleans())
def test_a_spreadsheet_has_the_same_rows_whatever_the_chunks(names, ends, newline, final, marked):
    data = spreadsheet(names, newline, final=final)
    cutter, found = cut("csv", chunked(BOM * marked + data, ends))
    header, _, body = data.partition(b"\n")
    assert b"".join(block.data for block in found) == body
    assert cutter.header.rstrip(b"\n") == header
    read = [row for block in found for row in csv_records(block.data, block.first_line, Header(header))]
    assert read == list(csv_records(body, 2, Header(header)))
    assert [row.name for row in read] == names


@given(st.lists(st.text("ab ", max_size=20), max_size=12), ENDS, NEWLINES, st.booleans(), st.booleans())
def test_lines_have_the_same_numbers_whatever_the_chunks(names, ends, newline, final, marked):
    lines = [f'{{"email":"ann@a.example","name":"{name}"}}' if name else "" for name in names]
    data = (newline.join(lines) + newline * final).encode()
    _, found = cut("ndjson", chunked(BOM * marked + data, ends))
    assert b"".join(block.data for block in found) == data
    read = [row for block in found for row in ndjson_records(block.data, block.first_line)]
    assert [(row.line, row.name) for row in read] == [(n, name) for n, name in enumerate(names, 1) if name]


@given(NAMES, ENDS)
def test_blocks_are_numbered_and_know_their_first_line(names, ends):
    _, found = cut("csv", chunked(spreadsheet(names, "\n", final=True), ends))
    line = 2
    for number, block in enumerate(found):
        assert (block.number, block.first_line, block.rows) == (number, line, block.data.count(b"\n"))
        line += block.rows


@given(st.binary(max_size=300), ENDS, st.sampled_from(["csv", "ndjson"]))
def test_no_byte_is_lost(data, ends, form):
    cutter, found = cut(form, chunked(data, ends))
    assert cutter.header + b"".join(block.data for block in found) == data.removeprefix(BOM)


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_an_empty_upload_has_no_blocks(form):
    assert cut(form, [])[1] == cut(form, [b""])[1] == cut(form, [BOM])[1] == []


def test_a_header_alone_has_no_blocks():
    cutter, found = cut("csv", [b"email,", b"name"])
    assert (cutter.header, found) == (b"email,name", [])


def streamed(form, piece, number):
    """Feed a piece again and again; returns the largest block."""
    cutter, largest = Cutter(form), 0
    for _ in range(number):
        largest = max([largest, *(len(block.data) for block in cutter.feed(piece))])
    return max([largest, *(len(block.data) for block in cutter.finish())])


def test_a_block_is_about_a_mebibyte():
    piece = b'{"email":"ann@a.example"}\n' * 2500
    assert BLOCK_BYTES // 2 < streamed("ndjson", piece, 60) <= BLOCK_BYTES + len(piece)


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_a_row_without_end_is_refused_before_it_fills_the_memory(form):
    with pytest.raises(Refused):
        streamed(form, b"x" * 65_536, 3 + (BLOCK_BYTES + ROW_BYTES) // 65_536)


@pytest.mark.timeout(20)
def test_a_quote_that_does_not_end_is_refused_at_once():
    """Looking for the end of the row must not look through the whole block once for each line in it."""
    cutter = Cutter("csv")
    assert list(cutter.feed(b'email\n"')) == []
    lines = [b"a,b\n" * 16_384] * (3 + (BLOCK_BYTES + ROW_BYTES) // 65_536)
    with pytest.raises(Refused, match="line 2 is longer"):
        assert [block for piece in lines for block in cutter.feed(piece)] == []


def test_a_quote_within_a_bare_cell_opens_nothing():
    """As the reader of rows sees it; else a block may start within the next quoted cell."""
    body = b'ann@a.example,5" disk\n' + b'bob@a.example,"eve@a.example,\nkim@a.example,"\n' * 3
    header = Header(b"email,name")
    for size in range(1, len(body)):
        _, found = cut("csv", chunked(b"email,name\n" + body, range(0, 200, 10)), size)
        read = [row for block in found for row in csv_records(block.data, block.first_line, header)]
        assert [row.line for row in read] == [2, 3, 5, 7]
