"""The action's steps as a runner would take them: inputs and defaults filled in, its files, its shell."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.stack import ROOT

FOLDER = ROOT / "deploy" / "github-action"
ACTION: dict[str, Any] = yaml.safe_load((FOLDER / "action.yml").read_text())
STEPS: dict[str, dict[str, Any]] = {step["id"]: step for step in ACTION["runs"]["steps"]}
REFERENCE = re.compile(r"\$\{\{ *(.*?) *\}\}")
# How `shell: bash` runs a step.
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")


class Ended(NamedTuple):
    """What a step did: its exit code, log, outputs, and what it added to the summary."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


class Runner:
    """A runner with a workspace, and Gatehouse where the step before would have put it."""

    def __init__(self, folder: Path) -> None:
        self.workspace, self.temporary = folder / "work space", folder / "temporary"
        for each in (self.workspace, self.temporary):
            each.mkdir()
        self.gatehouse = folder / "gatehouse"
        self.gatehouse.write_text(
            f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m services.cli "$@"\n'
        )
        self.gatehouse.chmod(0o755)

    def run(self, step: str = "test", environment: Mapping[str, str] | None = None, **given: str) -> Ended:
        """A step of the action with some inputs, their hyphens underscores."""
        files = {
            name: self.temporary / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")
        }
        for file in files.values():
            file.write_text("")
        inputs = {name: str(told.get("default", "")) for name, told in ACTION["inputs"].items()}
        inputs |= {name.replace("_", "-"): value for name, value in given.items()}
        known = {f"inputs.{name}": value for name, value in inputs.items()}
        known["steps.install.outputs.gatehouse"] = str(self.gatehouse)
        known["steps.python.outputs.python-path"] = sys.executable
        own = {name: filled(text, known) for name, text in STEPS[step]["env"].items()}
        ended = subprocess.run(
            [*SHELL, STEPS[step]["run"]],
            cwd=self.workspace,
            env={
                **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
                **{name: str(file) for name, file in files.items()},
                "RUNNER_TEMP": str(self.temporary),
                "GITHUB_ACTION_PATH": str(FOLDER),
                **(environment or {}),
                **own,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        lines = files["GITHUB_OUTPUT"].read_text().splitlines()
        outputs = dict(line.split("=", 1) for line in lines)
        return Ended(ended.returncode, ended.stdout, outputs, files["GITHUB_STEP_SUMMARY"].read_text())


def filled(text: str, known: Mapping[str, str]) -> str:
    """A text with its references resolved; raises KeyError for one that a runner would leave empty."""
    return REFERENCE.sub(lambda found: known[found[1]], text)
