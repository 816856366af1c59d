"""How a command ends when it cannot do what was asked; the number is the process's exit code."""

from collections.abc import Sequence
from typing import NamedTuple

import click

DONE = 0
ASSERTION = 1
REFUSED = 2
UNAVAILABLE = 3
OUT_OF_TIME = 4
INTERRUPTED = 130


class Wrong(NamedTuple):
    """One thing that is wrong with a request: a JSON pointer into it, or an empty text, and what."""

    pointer: str
    message: str


class Refused(click.ClickException):
    """What was given cannot be used: by this command, or by the gateway, which said why, of each `wrong`."""

    exit_code = REFUSED

    def __init__(self, message: str, wrong: Sequence[Wrong] = ()) -> None:
        super().__init__(message)
        self.wrong = wrong


class Absent(Refused):
    """The gateway knows nothing of what was asked for."""


class Unavailable(click.ClickException):
    """The gateway cannot be reached, does not let us in, or cannot do its work."""

    exit_code = UNAVAILABLE
