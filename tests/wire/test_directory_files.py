"""Directory files are cut where rows end, whatever pieces they arrive in."""

import pytest

from shared.directory.errors import Refused
from shared.directory.merge import Record, Rejection
from shared.wire.directory.blocks import BLOCK_BYTES, Block, Cutter, Format
from shared.wire.directory.records import ndjson_records
from shared.wire.directory.spreadsheet import Header, csv_records

CSV = b'email,name\r\na@b.example,"one\r\ntwo, ""three"""\r\n\r\nc@d.example,x\r\n'
NDJSON = b'\xef\xbb\xbf{"email":"a@b.example"}\r\n\n{"email":"nobody"}\n{"email":"c@d.example"}'


def cut(form: Format, text: bytes, size: int) -> tuple[bytes, list[Block]]:
    cutter = Cutter(form)
    blocks = [block for at in range(0, len(text), size) for block in cutter.feed(text[at : at + size])]
    blocks += cutter.finish()
    return cutter.header, blocks


def read(form: Format, text: bytes, size: int) -> list[Record | Rejection]:
    header, blocks = cut(form, text, size)
    if form == "ndjson":
        return [row for block in blocks for row in ndjson_records(block.data, block.first_line)]
    columns = Header(header)
    return [row for block in blocks for row in csv_records(block.data, block.first_line, columns)]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64, 1000])
def test_an_ndjson_file_is_the_same_in_any_pieces(size: int) -> None:
    rows = read("ndjson", NDJSON, size)
    assert [(type(row), row.line) for row in rows] == [(Record, 1), (Rejection, 3), (Record, 4)]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64, 1000])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_csv_file_is_the_same_in_any_pieces(size: int, mark: bytes) -> None:
    rows = read("csv", mark + CSV, size)
    assert [(row.line, getattr(row, "name", row)) for row in rows] == [(2, 'one\r\ntwo, "three"'), (5, "x")]


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_a_large_file_is_cut_between_rows(form: Format) -> None:
    line = b'{"email":"someone@acme.example"}\n' if form == "ndjson" else b'someone@acme.example,"a\nb"\n'
    head = b"" if form == "ndjson" else b"email,name\n"
    count = 3 * BLOCK_BYTES // len(line)
    header, blocks = cut(form, head + line * count, 65_536)
    assert header == head
    assert b"".join(block.data for block in blocks) == line * count
    assert [block.number for block in blocks] == list(range(len(blocks)))
    assert all(len(block.data) <= BLOCK_BYTES + 65_536 for block in blocks)
    assert all(block.data.startswith(line[:9]) for block in blocks)
    firsts = [block.first_line for block in blocks]
    assert firsts == [firsts[0] + sum(b.data.count(b"\n") for b in blocks[:n]) for n in range(len(blocks))]


@pytest.mark.parametrize(("form", "start"), [("ndjson", b"x"), ("csv", b'email\n"'), ("csv", b"email")])
def test_a_row_that_never_ends_is_refused_in_bounded_memory(form: Format, start: bytes) -> None:
    with pytest.raises(Refused):
        cut(form, start + b"x" * (3 * BLOCK_BYTES), 65_536)


COLUMNS = [
    *("id", "email", "name", "deleted", "groups", "identity.idp.id", "identity.ip", "identity.geo.country"),
    *("identity.devicePosture.a.b.success", "identity.saml_attributes.dept", "identity.oidc_fields.a.b"),
]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_that_means_something_is_taken(column: str) -> None:
    other = "email" if column != "email" else "id"
    assert len(Header(f"{other},{column}".encode()).columns) == 2


HEADERS = [
    *(
        b"email,",
        b"email,Name",
        b"email,identity",
        b"email,identity.geo",
        b"email,identity.devicePosture..success",
    ),
    *(
        b"email,identity.saml_attributes.",
        b"email,email",
        b"name",
        b"",
        b"\xff,email",
        b"email,identity.ip.x",
    ),
]


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_that_means_nothing_is_refused(header: bytes) -> None:
    with pytest.raises(Refused):
        Header(header)
