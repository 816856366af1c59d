"""Where reports go is looked at before a test runs."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.cli.__main__ import gatehouse

POLICIES = '[{"name": "All", "decision": "allow", "include": [{"everyone": {}}]}]'
# Nothing listens there: whoever gets so far ends with 3.
AWAY = ("--url", "http://127.0.0.1:1", "--account", "1" * 32, "--token", "gate_a_b_c")


@pytest.fixture
def invoke(monkeypatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    (tmp_path / "p.json").write_text(POLICIES)
    (tmp_path / "d.ndjson").write_text('{"email": "a@a.example"}\n')
    (tmp_path / "folder").mkdir()

    def invoked(*arguments: str) -> Result:
        return CliRunner().invoke(gatehouse, ["test", "p.json", *AWAY, *arguments], prog_name="gatehouse")

    return invoked


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--markdown", "no/r.md"), "cannot write `no/r.md`: there is no directory `no`"),
        (("--junit", "folder"), "cannot write `folder`: it is a directory"),
        (("--sarif", "p.json"), "`p.json` is read, or written already"),
        (("--sarif", "./folder/../p.json"), "is read, or written already"),
        (("--markdown", "r", "--junit", "r"), "`r` is read, or written already"),
        (("--markdown", "-", "--junit", "-"), "--markdown and --junit all write to standard output"),
        (("--json", "--sarif", "-"), "--json and --sarif all write to standard output"),
        (("--no-wait", "--junit", "r"), "--no-wait leaves a test to the gateway"),
        (("--no-wait", "--local", "d.ndjson"), "--no-wait leaves a test to the gateway"),
        (("--resources", "p.json"), "--resources goes with --local"),
        (("--local", "-"), "--local reads files"),
        (("--local", "d.ndjson", "--base", "-"), "--local reads files"),
        (("--local", "no.ndjson"), "cannot read `no.ndjson`: No such file or directory"),
        (("--local", "d.ndjson", "--base", "no.json"), "cannot read `no.json`: No such file or directory"),
        (("--local", "d.ndjson", "--resources", "folder"), "cannot read `folder`: Is a directory"),
        (("--local", "d.ndjson", "--max-lost", "0"), "--max-lost and --max-gained need --base"),
    ],
)
def test_what_does_not_go_is_told_before_a_test_runs(invoke, arguments: tuple[str, ...], said: str):
    ended = invoke(*arguments)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert said in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("--markdown", "r.md", "--junit", "folder/r.xml"), ("r.md", "folder/r.xml")),
        (("--json", "--junit", "r.xml"), ("r.xml",)),
        (("--markdown", "/dev/null", "--sarif", "/dev/null"), ()),
    ],
)
def test_a_report_says_so_when_there_is_nothing_to_report(
    invoke, tmp_path: Path, arguments: tuple[str, ...], names: tuple[str, ...]
):
    ended = invoke(*arguments)
    assert (ended.exit_code, ended.stdout) == (3, "")
    assert "cannot reach the gateway" in ended.stderr
    for name in names:
        assert "the test could not run: cannot reach the gateway at" in (tmp_path / name).read_text()


def test_a_report_on_standard_output_says_so_too(invoke):
    ended = invoke("--sarif", "-")
    (run,) = json.loads(ended.stdout)["runs"]
    assert (ended.exit_code, run["invocations"][0]["executionSuccessful"]) == (3, False)
