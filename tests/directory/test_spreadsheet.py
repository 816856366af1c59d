"""CSV from anybody: the same records as from NDJSON, and a bad row stops nobody."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.directory.errors import Refused
from shared.directory.merge import Record, Rejection
from shared.wire.directory.spreadsheet import Header, csv_records

HEADER = b"email,name,groups,deleted,identity.saml_attributes.dept"


def rows(text, header=HEADER, first_line=2):
    data = text if isinstance(text, bytes) else text.encode()
    return list(csv_records(data, first_line, Header(header)))


CELLS = [
    ("identity.idp.id", "idp-1", {"idp": {"id": "idp-1"}}),
    ("identity.idp.type", "okta", {"idp": {"type": "okta"}}),
    ("identity.groups", "eng|ops", {"groups": [{"name": "eng"}, {"name": "ops"}]}),
    ("identity.groups", '[{"id": "1"}, "x"]', {"groups": [{"id": "1"}, {"name": "x"}]}),
    ("identity.groups", "[]", {"groups": []}),
    ("identity.amr", "pwd | mfa", {"amr": ["pwd", "mfa"]}),
    ("identity.ip", "10.0.0.1", {"ip": "10.0.0.1"}),
    ("identity.geo.country", "DE", {"geo": {"country": "DE"}}),
    ("identity.devicePosture.a.b.success", "Yes", {"devicePosture": {"a.b": {"success": True}}}),
    ("identity.mtls_auth.cert_presented", "0", {"mtls_auth": {"cert_presented": False}}),
    ("identity.mtls_auth.auth_status", "SUCCESS", {"mtls_auth": {"auth_status": "SUCCESS"}}),
    ("identity.common_name", "ann-laptop", {"common_name": "ann-laptop"}),
    ("identity.saml_attributes.a.b", "1", {"saml_attributes": {"a.b": "1"}}),
    ("identity.saml_attributes.dept", '["r&d", 1]', {"saml_attributes": {"dept": ["r&d", 1]}}),
    ("identity.oidc_fields.team", "a|b", {"oidc_fields": {"team": "a|b"}}),
    ("identity.organizations", '[{"name": "acme", "teams": ["core"]}]', None),
    ("identity.auth_context", '[{"id": "x", "ac_id": "c1"}]', {"auth_context": [{"id": "x", "ac_id": "c1"}]}),
    ("identity.account_ids", "a|b", {"account_ids": ["a", "b"]}),
    ("identity.risk_score", "low", {"risk_score": "low"}),
]


@pytest.mark.parametrize(("column", "cell", "expected"), CELLS)
def test_a_cell_becomes_what_ndjson_would_say(column, cell, expected):
    quoted = cell.replace('"', '""')
    (record,) = rows(f'ann@a.example,"{quoted}"\n', f"email,{column}".encode())
    assert isinstance(record, Record), record
    organization = {"organizations": [{"name": "acme", "teams": ["core"]}]}
    assert json.loads(record.identity) == (expected or organization)


def test_an_empty_cell_is_a_key_left_out():
    (record,) = rows("ann@a.example,,,,\n")
    assert (record.name, record.groups, record.identity, record.deleted) == ("", (), None, False)


BAD_ROWS = {
    "too few cells": b"ann@a.example,Ann",
    "too many cells": b"ann@a.example,,,,,",
    "no address": b",Ann,,,",
    "invalid UTF-8": b"ann@a.example,\xff,,,",
    "surrogate as bytes": b"ann@a.example,\xed\xa0\x80,,,",
    "NUL": b"ann@a.example,\0,,,",
    "NUL in JSON": b'ann@a.example,,"[""\\u0000""]",,',
    "surrogate in JSON": b'ann@a.example,,"[""\\ud800""]",,',
    "neither true nor false": b"ann@a.example,,,perhaps,",
    "a list cut off": b'ann@a.example,,"[""a""",,',
    "deep nesting": b"ann@a.example,,,," + b"[" * 50_000,
    "a cell of 200,000 letters": b"ann@a.example," + b"x" * 200_000 + b",,,",
    "an object for a group": b"ann@a.example,,[{}],,",
    "infinity": b"ann@a.example,,,,[1e999]",
}


@pytest.mark.parametrize("what", BAD_ROWS)
def test_a_bad_row_is_rejected_with_its_number_and_stops_nobody(what):
    good = b"ann@a.example,Ann,,,\r\n"
    first, bad, last = rows(good + BAD_ROWS[what] + b"\r\n" + good)
    assert isinstance(bad, Rejection), bad
    assert (first.line, bad.line, last.line) == (2, 3, 4)
    assert 0 < len(bad.message) < 1000


@pytest.mark.parametrize("within", ["\n", "\r\n", "\n\n", '""\n', "\r", "a\rb"])
def test_a_row_has_the_number_of_its_first_line(within):
    """As newlines are counted, which is how a block knows its first line."""
    data = f'ann@a.example,"x{within}y",,,\nbob@a.example,,,,\n'
    assert [row.line for row in rows(data)] == [2, 3 + within.count("\n")]
    assert rows(data)[0].name == f"x{within}y".replace('""', '"')


def test_blank_lines_are_no_rows_and_count():
    assert [row.line for row in rows("\n,,,,\nann@a.example,,,,\n\n", first_line=10)] == [12]


@pytest.mark.parametrize("line", [b"email;name;groups\r\n", b"email,name,groups\n", b" email , name,groups"])
def test_the_separator_is_a_comma_or_a_semicolon(line):
    separator = ";" if b";" in line else ","
    (record,) = rows(separator.join(["ann@a.example", "A", "x|y"]), line)
    assert (record.address, record.name, record.groups) == ("ann@a.example", "A", ("x", "y"))


BAD_HEADERS = [
    *(b"", b"\n", b"name,groups", b"email,email", b"email,e-mail", b"email,\xff", b"email,", b"email\0"),
    *(b"email,identity.devicePosture..success", b"email,identity.devicePosture.success", b"email,identity"),
    *(
        b"email,identity.saml_attributes.",
        b"email,identity.idp",
        b"ann@a.example,Ann",
        b"email\tname",
    ),
]


@pytest.mark.parametrize("line", BAD_HEADERS)
def test_a_header_that_means_nothing_is_refused(line):
    with pytest.raises(Refused):
        Header(line)


@given(st.binary() | st.text('ann@a.example,"\n\r;[]{}\0').map(str.encode))
def test_no_bytes_raise(data):
    assert all(isinstance(row, Record | Rejection) for row in rows(data))


def test_what_stands_within_quotes_is_never_a_row():
    """However long the cell is: whoever may write a name must not make users."""
    cell = b"x" * 200_000 + b"\neve@a.example,Eve,,,\n"
    found = rows(b'ann@a.example,"' + cell + b'",,,\nbob@a.example,,,,\n')
    assert [(row.line, type(row)) for row in found] == [(2, Rejection), (5, Record)]
