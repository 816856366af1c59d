"""The report of each example is the text that stands beside it, wherever the test ran.

After a change of reports that is meant, `REWRITE_REPORTS=1` writes them anew; read what became of them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.examples.asking import Answered, asked, ready
from tests.examples.folders import EXAMPLES, Example
from tests.stack import ROOT, Client, Service

REWRITE = "REWRITE_REPORTS"
# Ids that are made up for a run, and when it was.
OF_A_RUN = {"id", "base", "test", "created_at", "started_at", "finished_at"}
PARTS = ("reasons", "comparison", "expectations", "findings")
COUNTS = (
    "status",
    "total_users",
    "users_approved",
    "users_blocked",
    "users_errored",
    "percent_users_processed",
)


@pytest.fixture(params=EXAMPLES, ids=str)
def example(request: pytest.FixtureRequest) -> Example:
    found: Example = request.param
    return found


class Ended(NamedTuple):
    code: int
    out: str
    err: str


def run(*arguments: str, cwd: Path, **settings: str) -> Ended:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GATEHOUSE_")}
    ended = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def resources(example: Example, name: str = "--resources") -> list[str]:
    return [name, "resources.json"] if (example.folder / "resources.json").exists() else []


def test_the_report_is_the_text_beside_the_example(example: Example, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    files = ("--local", "directory.ndjson", "--base", "before.json", *resources(example))
    command = ("test", "policies.json", *files, "--expect", "expectations.json", "--markdown", str(report))
    ended = run("services.cli", *command, cwd=example.folder)
    assert ended.code == example.outcome.exit_code, ended.out + ended.err
    golden = example.folder / "report.md"
    if os.environ.get(REWRITE):
        golden.write_bytes(report.read_bytes())
    assert report.read_bytes() == golden.read_bytes()


async def test_a_server_reports_the_same(
    service: Service, client: Client, example: Example, tmp_path: Path
) -> None:
    there = await ready(client, example)
    for name in ("policies", "expectations"):
        (tmp_path / f"{name}.json").write_text(json.dumps(there.ids.there(example.read(name))))
    command = ("test", "policies.json", "--base", there.base, "--expect", "expectations.json")
    ended = run(
        *("services.cli", *command, "--markdown", "report.md"),
        cwd=tmp_path,
        GATEHOUSE_URL=service.url,
        GATEHOUSE_ACCOUNT=client.account,
        GATEHOUSE_TOKEN=client.token,
    )
    assert ended.code == example.outcome.exit_code, ended.out + ended.err
    report = there.ids.said(tmp_path.joinpath("report.md").read_text())
    assert report == (example.folder / "report.md").read_text()


def without(document: Any) -> Any:
    """A document without what is of one run alone."""
    if isinstance(document, dict):
        return {name: without(each) for name, each in document.items() if name not in OF_A_RUN}
    return [without(each) for each in document] if isinstance(document, list) else document


def answered_here(example: Example) -> Any:
    body = {**example.read("policies"), **example.read("expectations")}
    files = ("--directory", "directory.ndjson", "--base", "before.json", *resources(example))
    ended = subprocess.run(
        [sys.executable, "-m", "services.local", *files],
        cwd=example.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=json.dumps(body).encode(),
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


async def test_a_server_and_a_file_give_the_same_answers(client: Client, example: Example) -> None:
    there: Answered = await asked(client, example)
    here = answered_here(example)
    assert {name: here["test"][name] for name in COUNTS} == {name: there.test[name] for name in COUNTS}
    for part in PARTS:
        assert without(here[part]) == without(getattr(there, part)), part
