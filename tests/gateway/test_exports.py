"""A test's results as a file: the same as its pages say, for whoever may read these."""

import csv
import io
import json
from typing import Any

import pytest
from pyarrow import parquet

from tests.gateway import exported
from tests.gateway.rows import EVERYONE, THREE_VERDICTS, lines, people, policy
from tests.gateway.test_bad_input import check_refusal
from tests.stack import Client, Service

COUNT = 100  # seven segments of 16
ABSENT = "00000000-0000-4000-8000-000000000000"
MEDIA = {"csv": "text/csv", "ndjson": "application/x-ndjson", "parquet": "application/vnd.apache.parquet"}


def read(form: str, data: bytes) -> list[dict[str, Any]]:
    match form:
        case "csv":
            return list(csv.DictReader(io.StringIO(data.decode(), newline="")))
        case "ndjson":
            return [json.loads(line) for line in data.splitlines()]
        case _:
            rows: list[dict[str, Any]] = parquet.read_table(io.BytesIO(data)).to_pylist()
            return rows


@pytest.fixture
async def tested(client: Client) -> str:
    """A test of a hundred users with all verdicts."""
    await client.imported(people(COUNT))
    test_id: str = (await client.tested(THREE_VERDICTS))["id"]
    return test_id


@pytest.mark.parametrize("form", MEDIA)
async def test_a_file_has_the_rows_of_the_pages(client: Client, tested: str, form: str) -> None:
    file = await exported.exported(client, tested, form)
    assert file.status == 200
    assert read(form, file.data) == await client.verdicts(tested)
    assert file.whole
    assert file.headers["Content-Type"] == MEDIA[form]
    assert file.headers["Content-Disposition"] == f'attachment; filename="policy-test-{tested}.{form}"'
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["X-Request-ID"]


@pytest.mark.parametrize("form", MEDIA)
async def test_a_file_has_reasons_if_they_are_asked_for(client: Client, tested: str, form: str) -> None:
    plain = await exported.exported(client, tested, form)
    file = await exported.exported(client, tested, form, reasons=True)
    shown = ("id", "email", "name", "status", "reason")
    expected = [{name: row[name] for name in shown} for row in await client.users(tested)]
    assert len({row["reason"] for row in expected}) > 1
    assert read(form, file.data) == expected
    name = f"policy-test-{tested}-reasons.{form}"
    assert file.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    again = await exported.exported(client, tested, form)
    assert (again.data, file.whole) == (plain.data, True)


async def test_a_test_of_an_entitlement_has_no_reasons_to_export(client: Client) -> None:
    asked = {"entitlement": {"target": "node://x/y/z", "permission": "READ"}}
    test_id = (await client.call("POST", "{a}/access/policy-tests", json=asked)).result["id"]
    await client.ended(test_id)
    answer = await exported.asked(client, test_id, reasons=True)
    assert answer.status == 400
    assert "reasons are of tests of policies" in answer.faults[0][1]
    assert (await exported.exported(client, test_id)).whole


async def test_an_export_says_how_it_goes(client: Client, tested: str) -> None:
    answer = await exported.asked(client, tested, "ndjson")
    assert answer.status == 202
    begun = answer.result
    assert (begun["policy_test_id"], begun["format"], begun["status"]) == (tested, "ndjson", "processing")
    assert begun["reasons"] is False
    after = await exported.ended(client, tested, begun["id"])
    assert (after["id"], after["status"], after["failure"]) == (begun["id"], "complete", None)
    counts = (after["total_users"], after["users_processed"], after["percent_users_processed"])
    assert counts == (COUNT, COUNT, 100)
    assert after["finished_at"]


async def test_results_stay_those_of_the_test_whatever_becomes_of_the_users(client: Client) -> None:
    await client.imported(lines({"email": "ann@a.example", "name": "Ann"}, {"email": "bob@a.example"}))
    test_id = (await client.tested(policy()))["id"]
    before = await client.verdicts(test_id)
    changes = ({"email": "ann@a.example", "name": "Anna"}, {"email": "bob@a.example", "deleted": True})
    await client.imported(lines(*changes, {"email": "cid@a.example"}))
    assert read("ndjson", (await exported.exported(client, test_id, "ndjson")).data) == before


async def test_a_name_that_is_a_formula_is_a_text_in_csv_alone(client: Client) -> None:
    name = '=HYPERLINK("http://evil.example","pay")'
    await client.imported(lines({"email": "+ann@a.example", "name": name}))
    test_id = (await client.tested(policy()))["id"]
    (row,) = read("csv", (await exported.exported(client, test_id, "csv")).data)
    assert (row["email"], row["name"]) == ("'+ann@a.example", f"'{name}")
    for form in ("ndjson", "parquet"):
        (row,) = read(form, (await exported.exported(client, test_id, form)).data)
        assert (row["email"], row["name"]) == ("+ann@a.example", name)


@pytest.mark.parametrize("form", MEDIA)
async def test_a_test_of_nobody_is_a_file_without_rows(client: Client, form: str) -> None:
    test_id = (await client.tested(policy()))["id"]
    file = await exported.exported(client, test_id, form)
    assert read(form, file.data) == []
    assert file.whole


async def test_csv_is_what_is_written_unless_another_format_is_asked_for(client: Client, tested: str) -> None:
    answer = await client.call("POST", f"{exported.TESTS}/{tested}/export")
    assert answer.result["format"] == "csv"
    check_refusal(await exported.asked(client, tested, "xlsx"), 400, 12130)


async def test_an_earlier_export_has_the_file_of_a_later_one(client: Client, tested: str) -> None:
    first = (await exported.asked(client, tested)).result["id"]
    await exported.ended(client, tested, first)
    before = await exported.downloaded(client, tested, first)
    after = await exported.exported(client, tested)
    assert (await exported.downloaded(client, tested, first)).data == before.data == after.data


async def test_a_test_that_runs_is_not_exported(service: Service, client: Client, tested: str) -> None:
    connection = await service.connect()
    running = "UPDATE policy_test SET state = 'processing', finished_at = NULL WHERE test_id = $1"
    await connection.execute(running, tested)
    answer = await exported.asked(client, tested)
    await connection.execute(
        "UPDATE policy_test SET state = 'complete', finished_at = now() WHERE test_id = $1", tested
    )
    await connection.close()
    check_refusal(answer, 409, 12132)


async def test_a_file_is_not_sent_before_it_is_whole(service: Service, client: Client, tested: str) -> None:
    export = (await exported.asked(client, tested)).result["id"]
    await exported.ended(client, tested, export)
    connection = await service.connect()
    await connection.execute("UPDATE job SET state = 'RUNNING' WHERE job_id = $1", export)
    unfinished = await exported.downloaded(client, tested, export)
    await connection.execute("UPDATE job SET state = 'FINISHED' WHERE job_id = $1", export)
    await connection.close()
    assert (unfinished.status, json.loads(unfinished.data)["success"]) == (409, False)


async def test_exports_of_other_tests_and_accounts_are_not_found(
    service: Service, client: Client, tested: str
) -> None:
    export = (await exported.asked(client, tested)).result["id"]
    other = await service.tenant()
    another = (await client.tested(policy(EVERYONE)))["id"]
    for whose, test_id, export_id in [
        (client, another, export),
        (client, tested, ABSENT),
        (other, tested, export),
    ]:
        path = f"{exported.TESTS}/{test_id}/exports/{export_id}"
        check_refusal(await whose.call("GET", path), 404, 12135)
        assert (await exported.downloaded(whose, test_id, export_id)).status == 404
    for whose, test_id in [(client, ABSENT), (other, tested)]:
        check_refusal(await exported.asked(whose, test_id), 404, 12135)


async def test_whoever_may_read_tests_may_export_them(service: Service) -> None:
    reader = await service.tenant(scopes=("policy-tests:read",))
    check_refusal(await exported.asked(reader, ABSENT), 404, 12135)
