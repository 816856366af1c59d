"""A test's results as a file that somebody asked for."""

import csv
import io
import json
from pathlib import Path

import pytest
from pyarrow import parquet

from tests.cli.conftest import Run
from tests.gateway.rows import THREE_VERDICTS, lines, people, policy
from tests.stack import Client

COUNT = 60
RESULT = {"success": True, "errors": [], "messages": []}
TEST = "4c8a6c2e-0000-4000-8000-000000000000"


def names(folder: Path) -> set[str]:
    """What is in a folder, files included that were begun."""
    return {path.name for path in folder.iterdir()}


@pytest.fixture
async def tested(client: Client) -> str:
    await client.imported(people(COUNT))
    test_id: str = (await client.tested(THREE_VERDICTS))["id"]
    return test_id


async def test_the_name_of_the_file_tells_its_format(
    gatehouse: Run, client: Client, tested: str, tmp_path: Path
) -> None:
    expected = await client.verdicts(tested)
    for name in ("v.csv", "v.ndjson", "v.jsonl", "v.parquet"):
        file = tmp_path / name
        ended = await gatehouse("export-results", tested, str(file))
        assert (ended.code, ended.out, ended.err) == (0, f"60 users written to {file}\n", "")
    data = {name: (tmp_path / name).read_bytes() for name in ("v.csv", "v.ndjson", "v.parquet")}
    assert list(csv.DictReader(io.StringIO(data["v.csv"].decode(), newline=""))) == expected
    assert [json.loads(line) for line in data["v.ndjson"].splitlines()] == expected
    assert parquet.read_table(io.BytesIO(data["v.parquet"])).to_pylist() == expected
    assert names(tmp_path) == {"v.csv", "v.ndjson", "v.jsonl", "v.parquet"}


async def test_results_go_to_standard_output(gatehouse: Run, client: Client, tested: str) -> None:
    ended = await gatehouse("export-results", tested, "-", "--format", "ndjson")
    assert [json.loads(line) for line in ended.out.splitlines()] == await client.verdicts(tested)


async def test_a_file_that_is_there_is_replaced_only_if_told(
    gatehouse: Run, tested: str, tmp_path: Path
) -> None:
    file = tmp_path / "v.csv"
    file.write_text("mine")
    ended = await gatehouse("export-results", tested, str(file))
    assert ended.code == 2
    assert "--force" in ended.err
    assert file.read_text() == "mine"
    assert (await gatehouse("export-results", tested, str(file), "--force")).code == 0
    assert file.read_text().startswith("id,email,name,status")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((TEST, "verdicts"), "the name `verdicts` does not tell its format"),
        (("../x", "v.csv"), "`../x` is no id of a test"),
        ((TEST, "nowhere/v.csv"), "there is no directory `nowhere`"),
        ((TEST, "v.csv"), "not_found"),
    ],
)
async def test_what_cannot_be_written_is_refused(
    gatehouse: Run, arguments: tuple[str, ...], said: str
) -> None:
    ended = await gatehouse("export-results", *arguments)
    assert ended.code == 2
    assert said in ended.err


async def test_a_name_cannot_be_a_formula(gatehouse: Run, client: Client) -> None:
    await client.imported(lines({"email": "a@a.example", "name": "=1+1"}))
    test_id = (await client.tested(policy()))["id"]
    ended = await gatehouse("export-results", test_id, "-", "--format", "csv")
    assert ",'=1+1," in ended.out


async def test_an_export_that_fails_says_why(ask: Run, odd, tmp_path: Path) -> None:
    failed = {"id": TEST, "status": "failed", "failure": "no space is left"}
    odd.says({**RESULT, "result": {**failed, "status": "processing"}}, {**RESULT, "result": failed})
    ended = await ask("export-results", TEST, str(tmp_path / "v.csv"))
    assert (ended.code, ended.out) == (3, "")
    assert "failed: no space is left" in ended.err
    assert names(tmp_path) == set()


@pytest.mark.parametrize("digest", ["sha-256=:AAAA:", None])
async def test_a_file_that_is_not_what_was_sent_is_not_kept(
    ask: Run, odd, tmp_path: Path, digest: str | None
) -> None:
    complete = {**RESULT, "result": {"id": TEST, "status": "complete"}}
    odd.says(complete, complete)
    odd.says("some bytes", **({} if digest is None else {"Repr_Digest": digest}))
    ended = await ask("export-results", TEST, str(tmp_path / "v.csv"))
    assert ended.code == 3
    assert "its digest is another" in ended.err
    assert names(tmp_path) == set()
