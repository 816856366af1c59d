"""Where reports are written: checked before a test runs, so that it does not run for nothing."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import click

from services.cli import failures
from services.cli.report import Report
from services.cli.reports import junit, markdown, sarif
from services.cli.submission import STDIN, Submission

STDOUT = "-"
FORMS: Mapping[str, Callable[[Report, Submission], str]] = {
    "markdown": markdown.text,
    "junit": junit.text,
    "sarif": sarif.text,
}


class Outlet(NamedTuple):
    """A form of report, and the file to write it to."""

    form: str
    file: str

    @property
    def on_stdout(self) -> bool:
        """Whether it goes to standard output."""
        return self.file == STDOUT


def checked(
    named: Mapping[str, str | None], read: Iterable[str | None], *, on_stdout: bool
) -> tuple[Outlet, ...]:
    """The reports that are wanted, from files by form; raises UsageError for what cannot be written.

    `read` are the files that are read; `on_stdout` says that standard output is taken already.
    """
    found = tuple(Outlet(form, file) for form, file in named.items() if file is not None)
    out = [f"--{each.form}" for each in found if each.on_stdout]
    if len(out) + on_stdout > 1:
        others = " and ".join([*["--json"] * on_stdout, *out])
        raise click.UsageError(f"{others} all write to standard output: give files to all but one")
    taken = {os.path.realpath(file) for file in read if file not in (None, STDIN)}
    for outlet in found:
        if not outlet.on_stdout:
            _check(outlet.file, taken)
    return found


def _check(file: str, taken: set[str]) -> None:
    path = Path(file)
    if (real := os.path.realpath(file)) in taken:
        raise click.UsageError(f"`{file}` is read, or written already: give another name")
    if path.is_file() or not path.exists():  # what is no file, such as a pipe, can be written twice
        taken.add(real)
    if path.is_dir():
        raise click.UsageError(f"cannot write `{file}`: it is a directory")
    if not path.parent.is_dir():
        raise click.UsageError(f"cannot write `{file}`: there is no directory `{path.parent}`")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise click.UsageError(f"cannot write `{file}`: permission denied")


def write(wanted: Iterable[Outlet], report: Report, asked: Submission) -> None:
    """Write reports; raises Unavailable."""
    for outlet in wanted:
        # Half a surrogate pair, as names of files can have it, is shown and not a failure.
        text = FORMS[outlet.form](report, asked).encode("utf-8", "backslashreplace")
        if outlet.on_stdout:
            click.echo(text, nl=False)
            continue
        try:
            Path(outlet.file).write_bytes(text)
        except OSError as error:
            raise failures.Unavailable(f"cannot write `{outlet.file}`: {error.strerror}") from None
