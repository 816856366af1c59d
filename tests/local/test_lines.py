"""Rows are taken and refused as in an import, be they decoded in one go or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.local import lines
from shared.directory.merge import Record, Rejection
from shared.wire.directory.blocks import ROW_BYTES
from shared.wire.directory.records import ndjson_records

KEPT = ("line", "user_id", "address", "email", "name", "known", "deleted")


def shown(found):
    return [
        each if isinstance(each, Rejection) else tuple(getattr(each, name) for name in KEPT) for each in found
    ]


def alike(data: bytes) -> bool:
    return shown(lines.records(data, 5)) == shown(ndjson_records(data, 5))


GOOD = b'{"email":"Ann@A.example","name":"A","groups":["x"],"identity":{"amr":["mfa"]}}'
ODD = [
    b"",
    b"  \t",
    b"null",
    b"[]",
    b"{}",
    b'"x"',
    b'{"email":null}',
    b'{"email":"a@a.example","email":"b@b.example"}',
    b'{"email":"a@a.example","identity":3,"identity":null}',
    b'{"email":"a@a.example","identity":null,"identity":{"amr":3}}',
    b'{"email":"a@a.example","identity":{"amr":3},"deleted":true}',
    b'{"id":"00000000-0000-4000-8000-000000000001","deleted":true}',
    b'{"id":"00000000-0000-4000-8000-000000000001"}',
    b'{"id":"00000000000040008000000000000001","email":"a@a.example"}',
    b'{"id":"x","email":"a@a.example"}',
    b'{"email":"a@a.example","nmae":"x"}',
    b'{"email":"a@a.example","name":3}',
    b'{"email":"a@a.example","name":"%s"}' % (b"x" * 1025),
    b'{"email":"a@a.example","groups":[%s"x"]}' % (b'"x",' * 10_000),
    b'{"email":"a@a.example","identity":{"ip":"10.0.0.1","other":[1,{"deep":[]}]}}',
    b'{"email":"a@a.example","name":"\\u0000"}',
    b'{"email":"a@a.example","name":"\\\\u0000"}',
    b'{"email":"a@a.example","name":"a\0b"}',
    b'{"email":"a@a.example","name":"\\ud800"}',
    b'{"email":"\xc3\x84nn@\xc3\xa4.example"}',
    b'{"email":"a@a.example","identity":{"x":"\xff"}}',
    b'{"email":"a@a.example"}\r',
    b'{"email":"a@a.example","identity":{"x":"%s"}}' % (b"y" * ROW_BYTES),
    b'{"email":"a@a.example","identity":{"x":%s%s}}' % (b"[" * 3000, b"]" * 3000),
]


@pytest.mark.parametrize("text", ODD, ids=lambda each: repr(each[:50]))
def test_an_odd_row_is_what_an_import_makes_of_it(text):
    assert alike(text)
    assert alike(b"\n".join((GOOD, text, GOOD)))


@given(st.lists(st.sampled_from([GOOD, *(each for each in ODD if len(each) < 1000)])))
def test_odd_rows_among_others_are_what_an_import_makes_of_them(rows):
    assert alike(b"\n".join(rows) + b"\n")


@given(st.binary(max_size=60), st.integers(0, len(GOOD)))
def test_a_row_with_anything_in_it_is_what_an_import_makes_of_it(noise, at):
    assert alike(GOOD[:at] + noise + GOOD[at:])


def test_an_ordinary_row_is_understood_whole():
    (found,) = lines.records(GOOD, 1)
    assert isinstance(found, Record)
    assert (found.address, found.email, found.known.amr) == ("ann@a.example", "Ann@A.example", ["mfa"])
