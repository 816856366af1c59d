"""The action as a runner runs it: it ends as the test does, and says how to the steps after it."""

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.examples.asking import ready
from tests.examples.folders import HERE, Example
from tests.examples.runner import Ended, Runner
from tests.stack import Client, Service

SHIPS, BREAKS = Example(HERE / "second_factor_rollout"), Example(HERE / "any_of_for_all_of")
NAUGHTY = (
    "two words.json",
    'it\'s "quoted".json',
    "$(touch pwned).json",
    "`touch pwned`.json",
    "a; touch pwned #.json",
    "-policies.json",
    "--help",
    "*.json",
    "${{ github.token }}.json",
    "::error::x.json",
    "ümläut ✓.json",
)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def ran(runner: Runner, example: Example, **given: str) -> Ended:
    """An example whose files lie in the workspace, with what more is given."""
    shutil.copytree(example.folder, runner.workspace, dirs_exist_ok=True)
    files = {"policies": "policies.json", "directory": "directory.ndjson", "base": "before.json"}
    if (example.folder / "resources.json").exists():
        files["resources"] = "resources.json"
    return runner.run(**{**files, **given})


def test_policies_that_may_ship_pass(runner: Runner) -> None:
    ended = ran(runner, SHIPS, expect="expectations.json", max_lost="3", max_gained="0")
    assert ended.code == 0, ended.log
    assert ended.outputs == {"result": "holds", "sarif": "gatehouse.sarif", "junit": "gatehouse.xml"}
    suites = ET.parse(runner.workspace / "gatehouse.xml").getroot()
    assert (suites.get("tests"), suites.get("failures")) == ("7", "0")


@pytest.mark.parametrize("example", [SHIPS, BREAKS], ids=str)
def test_the_summary_is_the_report_and_the_code_that_of_the_test(runner: Runner, example: Example) -> None:
    ended = ran(runner, example, expect="expectations.json")
    assert ended.summary == (example.folder / "report.md").read_text()
    assert ended.code == example.outcome.exit_code
    assert ended.outputs["result"] == ("broken" if ended.code else "holds")


def test_what_does_not_hold_stands_in_the_files(runner: Runner) -> None:
    ended = ran(runner, BREAKS, max_gained="0", sarif="out/findings.sarif", junit="")
    assert (ended.code, ended.outputs) == (1, {"result": "broken", "sarif": "out/findings.sarif"})
    (run,) = json.loads((runner.workspace / "out/findings.sarif").read_text())["runs"]
    places = [place["physicalLocation"] for result in run["results"] for place in result["locations"]]
    assert {place["artifactLocation"]["uri"] for place in places} == {"policies.json"}


@pytest.mark.parametrize("name", NAUGHTY)
def test_no_name_of_a_file_becomes_a_command(runner: Runner, name: str) -> None:
    shutil.copy(SHIPS.folder / "policies.json", runner.workspace / name)
    shutil.copy(SHIPS.folder / "expectations.json", runner.workspace / f"{name}.expect")
    ended = ran(runner, SHIPS, policies=name, expect=f"{name}.expect", sarif=f"{name}.sarif", junit="")
    assert (ended.code, ended.outputs["result"]) == (0, "holds"), ended.log
    assert (runner.workspace / ended.outputs["sarif"]).is_file()
    assert list(runner.workspace.rglob("pwned*")) == []


@pytest.mark.parametrize("name", ["max_lost", "max_gained"])
@pytest.mark.parametrize("value", ["$(touch pwned)", "0 --no-wait", "-1", "x"])
def test_a_bound_that_is_no_number_is_refused(runner: Runner, name: str, value: str) -> None:
    ended = ran(runner, SHIPS, **{name: value})
    assert (ended.code, ended.outputs) == (2, {"result": "refused"})
    assert ended.summary.startswith("## Access policies were not tested")
    assert list(runner.workspace.rglob("pwned*")) == []


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"policies": ""}, "policies is missing"),
    ({"policies": "p.json\nresult=holds"}, "line break"),
    ({"sarif": "a\r\nresult=holds"}, "line break"),
    ({"directory": ""}, "give a directory"),
    ({"directory": "", "url": "http://127.0.0.1:9", "account": "0" * 32, "token": ""}, "give a directory"),
    ({"url": "http://127.0.0.1:9"}, "give a directory"),
    (
        {"directory": "", "url": "http://127.0.0.1:9", "account": "1", "token": "t", "resources": "r"},
        "resources",
    ),
    ({"summary": "no"}, "true or false"),
]


@pytest.mark.parametrize(("given", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_inputs_that_make_no_sense_are_refused(runner: Runner, given: dict[str, str], why: str) -> None:
    ended = ran(runner, SHIPS, **given)
    assert (ended.code, ended.outputs) == (2, {"result": "refused"})
    assert "::error title=Gatehouse::" in ended.log
    assert why in ended.log


def test_nothing_that_is_printed_is_a_command_to_the_runner(runner: Runner) -> None:
    silences = set()
    for _ in range(2):
        ended = ran(runner, BREAKS, expect="expectations.json")
        (stopped, *_, resumed) = [line for line in ended.log.splitlines() if line.startswith("::")]
        silence = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", stopped)
        assert silence
        assert resumed == f"::{silence[1]}::"
        silences.add(silence[1])
    assert len(silences) == 2


def test_the_summary_can_be_left_alone(runner: Runner) -> None:
    assert ran(runner, SHIPS, summary="false").summary == ""


def test_a_result_of_an_earlier_run_is_none_of_this_one(runner: Runner) -> None:
    assert ran(runner, SHIPS).code == 0
    ended = ran(runner, SHIPS, directory="absent.ndjson")
    assert ended.code != 0
    assert ended.outputs.keys() == {"result"}
    assert not (runner.workspace / "gatehouse.sarif").exists()


async def test_a_server_tests_as_well_and_its_token_stays_unsaid(
    service: Service, client: Client, runner: Runner
) -> None:
    there = await ready(client, SHIPS)
    for name in ("policies", "expectations"):
        text = json.dumps(there.ids.there(SHIPS.read(name)))
        (runner.workspace / f"{name}.json").write_text(text)
    on = {"url": service.url, "account": client.account, "token": client.token}
    ended = runner.run(policies="policies.json", expect="expectations.json", base=there.base, **on)
    assert (ended.code, ended.outputs["result"]) == (0, "holds"), ended.log
    assert there.ids.said(ended.summary) == (SHIPS.folder / "report.md").read_text()
    written = [path.read_text() for path in runner.workspace.iterdir()]
    assert not any(client.token in text for text in (ended.log, ended.summary, str(ended.outputs), *written))


def test_credentials_of_the_job_are_not_used(runner: Runner, tmp_path: Path) -> None:
    found = tmp_path / "credentials.json"
    found.write_text(json.dumps({"url": "http://127.0.0.1:9", "account_id": "0" * 32, "token": "t"}))
    ended = runner.run(policies="policies.json", environment={"GATEHOUSE_CREDENTIALS": str(found)})
    assert (ended.code, ended.outputs) == (2, {"result": "refused"})
