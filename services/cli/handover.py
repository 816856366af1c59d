"""Commands that another program of this installation carries out: the process becomes that program."""

import os
import sys
from pathlib import Path

import click

import services


class Handover(click.Command):
    """A command that reads nothing of its arguments, `--help` included."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the arguments as they came."""
        ctx.args = args
        return []


def interpreter() -> list[str]:
    """How to start Python so that it finds our `services` and no other."""
    # `-m` looks into the working directory first; somebody's own folder `services` there must not win.
    ours = Path(services.__file__).resolve().parents[1]
    return [sys.executable] if ours == Path.cwd() else [sys.executable, "-P"]


def become(module: str, *arguments: str) -> None:
    """Replace this process; does not return."""
    sys.stdout.flush()
    os.execv(sys.executable, [*interpreter(), "-m", module, *arguments])  # noqa: S606  # no shell is wanted


def _operator(ctx: click.Context) -> None:
    become("services.operator", str(ctx.info_name), *ctx.args)


def _standalone(ctx: click.Context) -> None:
    become("services.standalone", *ctx.args)


standalone = Handover("standalone", callback=click.pass_context(_standalone), add_help_option=False)
migrate = Handover("migrate", callback=click.pass_context(_operator), add_help_option=False)
account = Handover("account", callback=click.pass_context(_operator), add_help_option=False)
token = Handover("token", callback=click.pass_context(_operator), add_help_option=False)
client = Handover("client", callback=click.pass_context(_operator), add_help_option=False)
login = Handover("login", callback=click.pass_context(_operator), add_help_option=False)
