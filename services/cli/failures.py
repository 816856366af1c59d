"""How a command ends when it cannot do what was asked; the number is the process's exit code."""

import click

DONE = 0
ASSERTION = 1
REFUSED = 2
UNAVAILABLE = 3
OUT_OF_TIME = 4
INTERRUPTED = 130


class Refused(click.ClickException):
    """What was given cannot be used: by this command, or by the gateway, which said why."""

    exit_code = REFUSED


class Absent(Refused):
    """The gateway knows nothing of what was asked for."""


class Unavailable(click.ClickException):
    """The gateway cannot be reached, does not let us in, or cannot do its work."""

    exit_code = UNAVAILABLE
