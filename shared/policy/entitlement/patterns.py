"""Patterns of users, by RE2: in time linear in the text. What it lacks for that is refused."""

import functools
import re

import re2
from msgspec import Struct

from shared.directory.errors import Refused

SHOWN = 64
"""Characters of a pattern that a message repeats."""
LENGTH_LIMIT = 512
"""Characters."""
PROGRAM_LIMIT = 2_500
"""Instructions: as many as LENGTH_LIMIT characters outside ASCII take."""
RANGE_LENGTH = 32
ABOVE_ALL = b"\xff"
"""Above all UTF-8."""
MEMORY_LIMIT = 1 << 18
"""Bytes that a program and its states may take; refusing a bomb takes the longer, the more they are."""


class Pattern(Struct, frozen=True, dict=True):
    """A pattern that a whole text matches or not; `folded` where case does not count.

    Raises Refused, when made, for what RE2 cannot run or what would cost too much.
    """

    text: str
    folded: bool = False

    def __post_init__(self) -> None:
        _ = self._program  # the refusal of one that is no pattern belongs to its making

    @functools.cached_property
    def _program(self) -> "re2._Regexp":
        shown = self.text[:SHOWN]
        if len(self.text) > LENGTH_LIMIT:
            raise Refused(f"the pattern `{shown}` is longer than {LENGTH_LIMIT} characters")
        try:
            program = re2.compile(self.text.encode(), _options(folded=self.folded))
        except re2.error as error:
            raise Refused(f"`{shown}` is no pattern of RE2: {_reason(error)}") from None
        except UnicodeEncodeError:
            raise Refused("a pattern holds half of a surrogate pair, which is no character") from None
        if program.programsize > PROGRAM_LIMIT:
            raise Refused(f"the pattern `{shown}` is too costly: repeat less, or match fewer characters")
        return program

    def matches(self, text: str) -> bool:
        """Whether all of the text matches."""
        sought = text.encode(errors="surrogatepass")
        low, high = self._range
        return low <= sought <= high and self._program.fullmatch(sought) is not None

    @functools.cached_property
    def _range(self) -> tuple[bytes, bytes]:
        """The first and last text that might match: to compare with them takes a tenth of the time."""
        try:
            low, high = self._program.possiblematchrange(RANGE_LENGTH)
        except re2.error:
            return b"", ABOVE_ALL
        return low, high


def _options(*, folded: bool) -> re2.Options:
    options = re2.Options()
    options.max_mem = MEMORY_LIMIT
    options.case_sensitive = not folded
    options.never_capture = True
    options.log_errors = False  # to standard error, pattern and all
    return options


def _reason(error: re2.error) -> str:
    given = error.args[0]
    reason = given.decode(errors="replace") if isinstance(given, bytes) else str(given)
    return f"{reason} (it has no look-around)" if reason.startswith("invalid perl operator") else reason


def quoted(text: str) -> str:
    """The pattern that matches just this text."""
    return re.escape(text)
