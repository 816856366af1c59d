"""Lines of NDJSON from anybody: each is a record or a rejection, and none stops the others."""

import json
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.directory import identity
from shared.directory.index import SegmentIndex
from shared.directory.merge import Record, Rejection
from shared.wire.directory.blocks import ROW_BYTES
from shared.wire.directory.records import ndjson_records

GOOD = b'{"email":"ann@a.example"}'
NAUGHTY = {
    "escaped NUL": b'{"email":"ann@a.example","name":"\\u0000"}',
    "NUL in an unknown field": b'{"email":"ann@a.example","identity":{"x":"\\u0000"}}',
    "plain NUL": b'{"email":"ann@a.example","name":"\0"}',
    "NUL alone": b"\0",
    "high surrogate": b'{"email":"ann@a.example","name":"\\ud800"}',
    "low surrogate": b'{"email":"ann@a.example","name":"\\udc00x"}',
    "surrogate in a claim": b'{"email":"ann@a.example","identity":{"saml_attributes":{"x":"\\ud800"}}}',
    "surrogate as bytes": b'{"email":"ann@a.example","name":"\xed\xa0\x80"}',
    "invalid UTF-8": b'{"email":"ann@a.example","name":"\xff"}',
    "latin-1": '{"email":"ann@a.example","name":"Zoë"}'.encode("latin-1"),
    "deep nesting": b'{"email":"ann@a.example","identity":{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "deep claim": b'{"email":"ann@a.example","identity":{"saml_attributes":{"x":'
    + b"[" * 5000
    + b"]" * 5000
    + b"}}}",
    "deep and open": b"[" * 100_000,
    "1 MiB": b'{"email":"ann@a.example","name":"' + b"x" * ROW_BYTES + b'"}',
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "cut off": GOOD[:-3],
    "two documents": GOOD + GOOD,
    "no JSON": b"email,name",
    "a list": b"[" + GOOD + b"]",
    "null": b"null",
    "a number": b"1e999",
    "infinity": b'{"email":"ann@a.example","identity":{"saml_attributes":{"x":1e999}}}',
    "a number of 5000 digits": b'{"email":"ann@a.example","identity":{"saml_attributes":{"x":'
    + b"1" * 5000
    + b"}}}",
    "unknown key": b'{"email":"ann@a.example","e-mail":"x"}',
    "no address": b'{"name":"Ann"}',
    "no address but an id": b'{"id":"00000000-0000-0000-0000-000000000001"}',
    "no such address": b'{"email":"ann"}',
    "bad id": b'{"id":"1","email":"ann@a.example"}',
    "deleted nobody": b'{"deleted":true}',
    "long name": json.dumps({"email": "ann@a.example", "name": "x" * 1025}).encode(),
    "text for a list": b'{"email":"ann@a.example","groups":"staff"}',
    "text for truth": b'{"email":"ann@a.example","deleted":"true"}',
    "bad identity": b'{"email":"ann@a.example","identity":{"groups":["eng"]}}',
    "identity of text": b'{"email":"ann@a.example","identity":"x"}',
}


@pytest.mark.parametrize("what", NAUGHTY)
def test_a_bad_line_is_rejected_with_its_number_and_stops_nobody(what):
    first, bad, last = ndjson_records(b"\n".join([GOOD, NAUGHTY[what], GOOD]), 41)
    assert isinstance(bad, Rejection), bad
    assert (first.line, bad.line, last.line) == (41, 42, 43)
    assert 0 < len(bad.message) < 1000


GOOD_ODDITIES = {
    "carriage return": GOOD + b"\r",
    "spaces": b"  " + GOOD + b"\t",
    "null for what is left out": GOOD[:-1] + b',"id":null,"name":null,"groups":null,"identity":null}',
    "astral text": json.dumps({"email": "ann@a.example", "name": "\U0001f600"}).encode(),
    "an escaped backslash before u0000": rb'{"email":"ann@a.example","name":"C:\\u0000"}',
    "unknown fields of an identity": b'{"email":"ann@a.example","identity":{"x":[[{}]],"risk_score":null}}',
    "exactly 1 MiB": b'{"email":"ann@a.example","identity":{"x":"' + b"x" * (ROW_BYTES - 45) + b'"}}',
}


@pytest.mark.parametrize("what", GOOD_ODDITIES)
def test_an_odd_line_is_taken(what):
    (record,) = ndjson_records(GOOD_ODDITIES[what], 1)
    assert isinstance(record, Record), record
    assert record.address == "ann@a.example"


def test_a_whole_line_becomes_a_record():
    login = b'{"ip":"10.0.0.1", "x":1}'
    line = b'{"id":"00000000-0000-0000-0000-000000000001","email":"Ann@A.example","name":"Ann",'
    (record,) = ndjson_records(line + b'"groups":["a","b"],"identity":' + login + b"}", 3)
    assert (record.line, record.user_id) == (3, UUID(int=1))
    assert (record.email, record.address, record.name) == ("Ann@A.example", "ann@a.example", "Ann")
    assert (record.groups, record.identity, record.deleted) == (("a", "b"), login, False)


@pytest.mark.parametrize(
    "line",
    [
        b'{"id":"00000000-0000-0000-0000-000000000001","deleted":true}',
        b'{"email":"a@a.example","deleted":true}',
    ],
)
def test_a_user_is_deleted_by_id_or_by_address(line):
    (record,) = ndjson_records(line, 1)
    assert record.deleted


def test_blank_lines_are_no_rows_and_count():
    lines = [row.line for row in ndjson_records(b"\n" + GOOD + b"\n\r\n  \n" + GOOD + b"\n", 10)]
    assert lines == [11, 14]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from([field.encode_name for field in msgspec.structs.fields(identity.Identity)])


@given(st.dictionaries(FIELDS, JSON, max_size=6))
def test_whatever_an_identity_holds_it_is_indexed_or_rejected(login):
    """A record that the index could not take would stop its whole import."""
    (row,) = ndjson_records(msgspec.json.encode({"email": "ann@a.example", "identity": login}), 1)
    if isinstance(row, Record):
        index = SegmentIndex()
        index.add(0, row.address, identity.decode(row.identity), row.groups)
        assert index.terms()["live", ""] == [0]
        assert all(isinstance(item, bytes) for held in index.items().values() for item in held)


@given(st.binary() | st.text('{}[]",:\\u0emailx1\n').map(str.encode))
def test_no_bytes_raise(data):
    lines = {number for number, text in enumerate(data.split(b"\n"), 1) if text.strip()}
    assert {row.line for row in ndjson_records(data, 1)} == lines
