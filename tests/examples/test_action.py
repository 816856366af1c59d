"""The action as it is written: nothing of a caller's becomes part of a command, nothing is left unused."""

import os
import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.examples.runner import ACTION, FOLDER, REFERENCE, STEPS
from tests.stack import ROOT

SCRIPTS = {path.name: path.read_text() for path in sorted(FOLDER.glob("*.sh"))}
SHELLED = [step for step in STEPS.values() if "run" in step]
# The runner's own, and the shell's.
GIVEN = {"BASH_SOURCE", "RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"}


def references(document: Any) -> list[str]:
    return REFERENCE.findall(yaml.safe_dump(document, width=10_000))


def script(step: dict[str, Any]) -> str:
    (name,) = re.findall(r'^bash "\$GITHUB_ACTION_PATH/([a-z]+\.sh)"$', step["run"])
    return SCRIPTS[name]


def test_every_input_is_used_and_nothing_else() -> None:
    used = {name for name in references(ACTION["runs"]) if name.startswith("inputs.")}
    assert used == {f"inputs.{name}" for name in ACTION["inputs"]}


def test_every_input_is_described_and_optional_but_for_the_policies() -> None:
    assert all(told["description"] for told in ACTION["inputs"].values())
    assert [name for name, told in ACTION["inputs"].items() if told.get("required")] == ["policies"]
    assert all("default" in told for name, told in ACTION["inputs"].items() if name != "policies")


def test_no_reference_stands_in_a_command() -> None:
    assert [step["run"] for step in SHELLED if REFERENCE.search(step["run"])] == []
    assert {step["shell"] for step in SHELLED} == {"bash"}


@pytest.mark.parametrize("step", SHELLED, ids=lambda step: step["id"])
def test_a_script_reads_what_it_is_passed_and_nothing_else(step: dict[str, Any]) -> None:
    read = set(re.findall(r"\$\{?([A-Z][A-Z_]+)", script(step)))
    passed = set(step["env"])
    assert read - GIVEN == passed


def test_outputs_are_written_by_the_steps_that_they_name() -> None:
    named = references(ACTION["outputs"]) + [
        name for name in references(ACTION["runs"]) if name.startswith("steps.")
    ]
    for name in named:
        _, step, _, output = name.split(".", 3)
        assert "uses" in STEPS[step] or f"'{output}=%s\\n'" in script(STEPS[step])


def test_the_token_goes_nowhere_but_into_the_environment_of_one_step() -> None:
    text = (FOLDER / "action.yml").read_text()
    assert re.findall(r"^ *(\w+): .*inputs\.token", text, re.MULTILINE) == ["GATEHOUSE_TOKEN"]
    assert "GATEHOUSE_TOKEN" not in SCRIPTS["install.sh"]


def test_other_actions_are_pinned_to_a_commit() -> None:
    used = [step["uses"] for step in STEPS.values() if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", name)] == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_well_formed(name: str) -> None:
    subprocess.run(["bash", "-n", FOLDER / name], check=True)
    assert SCRIPTS[name].startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in SCRIPTS[name]
    assert os.access(FOLDER / name, os.X_OK)


def workflow() -> dict[str, Any]:
    """The example in the README: what is indented in the section."""
    _, _, section = (ROOT / "README.md").read_text().partition("\n## In a pull request\n")
    lines = section.partition("\n## ")[0].splitlines()
    found: dict[str, Any] = yaml.safe_load("\n".join(line for line in lines if line.startswith("    ")))
    return found


def test_the_workflow_in_the_readme_gives_what_the_action_takes() -> None:
    (job,) = workflow()["jobs"].values()
    (step,) = [each for each in job["steps"] if "deploy/github-action" in each.get("uses", "")]
    assert set(step["with"]) <= set(ACTION["inputs"])
    assert "policies" in step["with"]
    outputs = re.findall(rf"steps\.{step['id']}\.outputs\.([\w-]+)", str(job))
    assert outputs
    assert set(outputs) <= set(ACTION["outputs"])
