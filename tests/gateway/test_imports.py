"""A directory file goes in, line by line: what is right is taken, what is not is named."""

import gzip
import json
from typing import Any
from uuid import uuid4

import pytest

from tests.gateway.rows import ACME, lines, people, policy
from tests.stack import Client

COUNTS = ("rows_read", "users_created", "users_updated", "users_unchanged", "users_deleted", "rows_rejected")
CSV = "text/csv"


def counts(status: dict[str, Any]) -> tuple[int, ...]:
    assert (status["status"], status["failure"]) == ("complete", None)
    assert status["rows_total"] == status["rows_read"]
    return tuple(status[name] for name in COUNTS)


async def directory(client: Client) -> dict[str, dict[str, str]]:
    """All users by the address they show."""
    status = await client.tested(policy())
    return {row["email"]: row for row in await client.users(status["id"])}


async def test_users_are_created_left_updated_and_deleted(client: Client) -> None:
    ann, bob = {"email": "ann@acme.example", "name": "Ann"}, {"email": "bob@acme.example"}
    assert counts(await client.imported(lines(ann, bob))) == (2, 2, 0, 0, 0, 0)
    assert counts(await client.imported(lines(ann, bob))) == (2, 0, 0, 2, 0, 0)
    assert counts(await client.imported(lines(ann | {"name": "Ann A."}, bob))) == (2, 0, 1, 1, 0, 0)
    assert counts(await client.imported(lines({"email": "bob@acme.example", "deleted": True}))) == (
        1,
        0,
        0,
        0,
        1,
        0,
    )
    assert counts(await client.imported(lines({"email": "bob@acme.example", "deleted": True}))) == (
        1,
        0,
        0,
        1,
        0,
        0,
    )
    assert {email: row["name"] for email, row in (await directory(client)).items()} == {
        "ann@acme.example": "Ann A."
    }


async def test_a_user_is_found_by_any_spelling_of_the_address(client: Client) -> None:
    await client.imported(lines({"email": "Ann@Acme.Example", "name": "Ann"}))
    status = await client.imported(lines({"email": "ANN@acme.EXAMPLE", "name": "Ann"}))
    assert counts(status) == (1, 0, 1, 0, 0, 0)
    assert list(await directory(client)) == ["ANN@acme.EXAMPLE"]


async def test_a_user_is_found_by_id_and_may_change_the_address(client: Client) -> None:
    who = str(uuid4())
    await client.imported(lines({"id": who, "email": "ann@acme.example"}))
    assert counts(await client.imported(lines({"id": who, "email": "ann@new.example"}))) == (1, 0, 1, 0, 0, 0)
    found = await directory(client)
    assert {email: row["id"] for email, row in found.items()} == {"ann@new.example": who}
    assert counts(await client.imported(lines({"id": who, "deleted": True}))) == (1, 0, 0, 0, 1, 0)


async def test_an_address_of_another_user_is_not_taken(client: Client) -> None:
    await client.imported(lines({"id": str(uuid4()), "email": "ann@acme.example"}))
    status = await client.imported(lines({"id": str(uuid4()), "email": "ann@acme.example"}))
    assert counts(status) == (1, 0, 0, 0, 0, 1)
    assert status["errors"][0]["line"] == 1
    assert "ann@acme.example" in status["errors"][0]["message"]


async def test_a_key_left_out_is_gone(client: Client) -> None:
    mfa = policy({"auth_method": {"auth_method": "mfa"}})
    await client.imported(lines({"email": "a@b.example", "name": "Ann", "identity": {"amr": ["mfa"]}}))
    assert (await client.tested(mfa))["users_approved"] == 1
    await client.imported(lines({"email": "a@b.example"}))
    assert (await client.tested(mfa))["users_errored"] == 1
    assert (await directory(client))["a@b.example"]["name"] == ""


REJECTED = [
    b"no json",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"{}",
    b'{"email": 1}',
    b'{"email": "nobody"}',
    b'{"email": ""}',
    b'{"email": "a@b@c.example"}',
    b'{"email": "a@localhost"}',
    b'{"email": "x@acme.example", "stray": 1}',
    b'{"email": "x@acme.example", "id": "no uuid"}',
    b'{"email": "x@acme.example", "name": 1}',
    b'{"email": "x@acme.example", "groups": "staff"}',
    b'{"email": "x@acme.example", "groups": [1]}',
    b'{"email": "x@acme.example", "deleted": "yes"}',
    b'{"email": "x@acme.example", "identity": []}',
    b'{"email": "x@acme.example", "identity": {"amr": "mfa"}}',
    b'{"email": "x@acme.example", "identity": {"ip": 1}}',
    b'{"email": "x@acme.example", "identity": {"devicePosture": {"x": true}}}',
    b'{"email": "x@acme.example", "name": "a\\u0000b"}',
    b'{"email": "x@acme.example", "name": "a\x00b"}',
    b'{"email": "x@acme.example", "name": "\xff"}',
    b'{"email": "x@acme.example", "name": "\\ud800"}',
    b'{"email": "x@acme.example", "identity": {"common_name": "\xff"}}',
    b'{"email": "x@acme.example", "identity": {"common_name": "\\ud800"}}',
    b'{"email": "x@acme.example", "identity": ' + b"[" * 100 + b"]" * 100 + b"}",
    b'{"email": "x@acme.example", "x": ' + b'{"x":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    b'{"email": "x@acme.example"} {"email": "y@acme.example"}',
    b'{"deleted": true}',
]


async def test_a_bad_line_is_named_and_stops_no_other(client: Client) -> None:
    good = [json.dumps({"email": f"u{n}@acme.example"}).encode() for n in range(len(REJECTED))]
    text = b"\n".join(line for pair in zip(good, REJECTED, strict=True) for line in pair)
    status = await client.imported(text)
    assert (status["status"], status["users_created"]) == ("complete", len(good))
    assert [error["line"] for error in status["errors"]] == [2 * n + 2 for n in range(len(REJECTED))]
    assert all(error["message"] for error in status["errors"])


async def test_the_first_hundred_errors_are_kept(client: Client) -> None:
    status = await client.imported(b"x\n" * 250 + lines({"email": "a@b.example"}))
    assert counts(status) == (251, 1, 0, 0, 0, 250)
    assert [error["line"] for error in status["errors"]] == list(range(1, 101))


@pytest.mark.parametrize("text", [b"\n\n", b"  \r\n", b"\xef\xbb\xbf"])
async def test_a_file_of_blank_lines_changes_nothing(client: Client, text: bytes) -> None:
    assert counts(await client.imported(text)) == (0,) * 6


async def test_line_ends_of_any_kind_and_a_byte_order_mark_are_fine(client: Client) -> None:
    text = b'\xef\xbb\xbf{"email": "a@b.example"}\r\n\n{"email": "c@d.example"}'
    assert counts(await client.imported(text)) == (2, 2, 0, 0, 0, 0)


async def test_a_csv_says_what_json_says(client: Client) -> None:
    header = "email,name,groups,identity.amr,identity.geo.country,identity.devicePosture.disk.success"
    rows = [
        'ann@acme.example,"Ann, A.","[""x|y"",""z""]",pwd|mfa,DE,true',
        "bob@acme.example,,,,,",
        "eve@acme.example,,,,QQ,no",
    ]
    assert counts(await client.imported("\n".join([header, *rows]).encode(), CSV)) == (3, 3, 0, 0, 0, 0)
    for rule, expected in [
        ({"auth_method": {"auth_method": "mfa"}}, (1, 0, 2)),
        ({"geo": {"country_code": "DE"}}, (1, 1, 1)),
        ({"device_posture": {"integration_uid": "disk"}}, (1, 1, 1)),
    ]:
        status = await client.tested(policy(rule))
        found = tuple(status[f"users_{verdict}"] for verdict in ("approved", "blocked", "errored"))
        assert found == expected, rule
    assert (await directory(client))["ann@acme.example"]["name"] == "Ann, A."


async def test_a_csv_of_a_spreadsheet_is_read(client: Client) -> None:
    text = (
        b'\xef\xbb\xbfemail;name\r\nann@acme.example;"two\r\nlines; one name"\r\n\r\nbob@acme.example;Bob\r\n'
    )
    assert counts(await client.imported(text, CSV)) == (2, 2, 0, 0, 0, 0)
    assert (await directory(client))["ann@acme.example"]["name"] == "two\r\nlines; one name"


async def test_a_bad_row_of_a_csv_is_named(client: Client) -> None:
    rows = [
        "email,deleted",
        "ann@acme.example,",
        "bob@acme.example",
        "nobody,",
        "eve@acme.example,perhaps",
        "a@b.example,no",
    ]
    status = await client.imported("\n".join(rows).encode() + b"\n\xff@b.example,\n", CSV)
    assert counts(status) == (6, 2, 0, 0, 0, 4)
    assert [error["line"] for error in status["errors"]] == [3, 4, 5, 7]


HEADERS = [b"email,shoe_size\n", b"email,email\n", b"name\nAnn\n", b"\xff\n", b"email,\n", b"email", b"\n"]


@pytest.mark.parametrize("header", HEADERS[:5])
async def test_a_header_that_means_nothing_is_refused_at_once(client: Client, header: bytes) -> None:
    answer = await client.upload(header + b"a@b.example\n", CSV)
    assert (answer.status, answer.body["errors"][0]["code"]) == (400, 12130)
    assert answer.headers["x-should-retry"] == "false"


async def test_an_unknown_column_is_named(client: Client) -> None:
    assert "`shoe_size`" in (await client.upload(b"email,shoe_size\n", CSV)).faults[0][1]


@pytest.mark.parametrize("kind", ["application/x-ndjson", CSV])
async def test_an_empty_body_is_refused(client: Client, kind: str) -> None:
    answer = await client.upload(b"", kind)
    assert (answer.status, answer.body["errors"][0]["code"]) == (400, 12130)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", "x", ""])
async def test_another_content_type_is_refused(client: Client, kind: str) -> None:
    answer = await client.upload(lines({"email": "a@b.example"}), kind)
    assert (answer.status, answer.headers["x-should-retry"]) == (415, "false")


async def test_a_compressed_file_is_read(client: Client) -> None:
    headers = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
    answer = await client.call(
        "POST", "{a}/directory/imports", data=gzip.compress(people(30)), headers=headers
    )
    assert answer.status == 202
    status = await client.imported(lines({"email": "last@acme.example"}))
    assert status["users_created"] == 1
    assert (await client.tested(policy(ACME)))["total_users"] == 31


async def test_a_file_that_is_not_what_it_says_is_the_clients_fault(client: Client) -> None:
    headers = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
    answer = await client.call("POST", "{a}/directory/imports", data=b"plain text", headers=headers)
    assert answer.status == 400


@pytest.mark.parametrize("path", ["x", "00000000-0000-4000-8000-000000000000", "..", "%00"])
async def test_an_absent_import_is_absent(client: Client, path: str) -> None:
    answer = await client.call("GET", f"{{a}}/directory/imports/{path}")
    assert answer.status == 404


async def test_an_import_by_another_name_of_its_type(client: Client) -> None:
    for kind in ("application/x-ndjson; charset=utf-8", "application/ndjson", "Application/JSONL"):
        assert (await client.upload(lines({"email": "a@b.example"}), kind)).status == 202
