"""A test of the users of a file, by the same engine in a process of its own: without a gateway."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import click

from services.cli import answers, failures, handover, json_file, render
from services.cli.report import Parts
from services.cli.submission import STDIN, Submission

PROGRAM = "services.local"
MISSING = "ModuleNotFoundError"
LINES_SHOWN = 20


class Files(NamedTuple):
    """A file of users; files with policies to compare with, and with what policies refer to."""

    directory: str
    base: str | None
    resources: str | None


def checked(files: Files) -> Files:
    """The same; raises UsageError for what cannot be read, or is no JSON where it has to be."""
    if STDIN in files:
        raise click.UsageError("--local reads files: give their names, `-` is for the policies alone")
    for file in filter(None, (files.base, files.resources)):
        json_file.read(file)
    try:
        with Path(files.directory).open("rb"):
            return files
    except OSError as error:
        raise click.UsageError(f"cannot read `{files.directory}`: {error.strerror}") from None


def tested(asked: Submission, files: Files) -> Parts:
    """The report of a test; raises Refused or Unavailable."""
    options = {"--directory": files.directory, "--base": files.base, "--resources": files.resources}
    given = [f"{name}={value}" for name, value in options.items() if value is not None]
    command = [*handover.interpreter(), "-m", PROGRAM, *given]
    render.note(f"testing the users of {files.directory}")
    ended = subprocess.run(command, input=asked.body, capture_output=True, check=False)  # noqa: S603  # ours
    if ended.returncode == failures.DONE:
        return answers.decode(ended.stdout, Parts)
    said = _last(ended.stderr) or f"`{PROGRAM}` ended with {ended.returncode}"
    if MISSING in said:
        said = f"what --local needs is not installed, the extra `local` brings it: {said}"
    if ended.returncode == failures.REFUSED:
        raise _refusal(ended.stdout, asked, files) or failures.Refused(said)
    raise failures.Unavailable(said)


def _refusal(reply: bytes, asked: Submission, files: Files) -> failures.Refused | None:
    """The faults of what was asked, or of a file beside it, each behind its place; None if there are none."""
    try:
        faults = answers.decode(reply, answers.Answer).errors
    except failures.Unavailable:
        return None
    if not faults:
        return None
    told = [_beside(fault, files) for fault in faults]
    lines = [beside or asked.told(fault) for fault, beside in zip(faults, told, strict=True)]
    wrong = [
        failures.Wrong("", beside) if beside else fault.wrong
        for fault, beside in zip(faults, told, strict=True)
    ]
    return failures.Refused("\n".join(map(render.neutral, lines)), wrong)


def _beside(fault: answers.Fault, files: Files) -> str:
    """A fault of a file beside what was asked, behind its place; empty for any other."""
    for beginning, file in (("in the base: ", files.base), ("in the resources: ", files.resources)):
        if file is not None and beginning in fault.message:
            other = answers.Fault(fault.message.replace(beginning, "", 1), source=fault.source)
            return other.told(f"{file}:" if fault.wrong.pointer else file)
    return ""


def _last(text: bytes) -> str:
    """The end of what a process said: of a traceback its last line, which says what happened."""
    lines = text.decode(sys.getfilesystemencoding(), "backslashreplace").splitlines()
    shown = lines[-1:] if any(line.startswith("Traceback") for line in lines) else lines[-LINES_SHOWN:]
    return "\n".join(map(render.neutral, shown)).removeprefix("Error: ")
