"""A group of commands that imports only the one that runs."""

import importlib
import importlib.metadata
from collections.abc import Mapping
from typing import Any, NamedTuple

import click

from services.cli import failures


class Entry(NamedTuple):
    """Where a command is (`module` and `attribute`), and what it does in a line."""

    module: str
    attribute: str
    summary: str


class LazyGroup(click.Group):
    """Commands from a table, listed in its order."""

    def __init__(self, entries: Mapping[str, Entry], **others: Any) -> None:  # noqa: ANN401  # click's own
        # Only named, so that a misspelt name gets its suggestion; `get_command` has the real ones.
        named = {name: click.Command(name, help=entry.summary) for name, entry in entries.items()}
        super().__init__(commands=named, **others)
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's own
        """Names in the table's order."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's own
        """The command of a name, imported now."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = getattr(importlib.import_module(entry.module), entry.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's own
        """The list in `--help`, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in self.entries.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; Ctrl-C ends it with 130, as shells expect."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.exceptions.Exit(failures.INTERRUPTED) from None


def version() -> str:
    """The installed version."""
    try:
        return importlib.metadata.version("gatehouse")
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
