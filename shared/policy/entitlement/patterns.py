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
# `.*`, or a character that stands for itself, be it behind a backslash.
TOKEN = re.compile(r"\.\*|\\([!-/:-@\[-^`{-~])|[^\\.+*?()|\[\]{}^$]", re.DOTALL)
ABOVE_ALL = b"\xff"
"""Above all UTF-8."""
MEMORY_LIMIT = 1 << 18
"""Bytes that a program and its states may take; refusing a bomb takes the longer, the more they are."""


class Pattern(Struct, frozen=True, dict=True):
    """A pattern that a text matches or not; `folded` where case does not count.

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

    @property
    def cost(self) -> int:
        """Instructions: the time that a character of a text takes at the worst is in proportion."""
        return int(self._program.programsize)

    def matches(self, text: str) -> bool:
        """Whether all of the text matches."""
        pieces = self._pieces
        if pieces is None:
            return self._runs(text)
        if self.folded:
            return _in_turn(pieces, text.lower()) if _plain(text) else self._runs(text)
        if not text.startswith(pieces[0]):
            return False
        return _in_turn(pieces, text) if _plain(text) else self._runs(text)

    def _runs(self, text: str) -> bool:
        sought = text.encode(errors="surrogatepass")
        low, high = self._range
        return low <= sought <= high and self._program.fullmatch(sought) is not None

    @functools.cached_property
    def _pieces(self) -> tuple[str, ...] | None:
        """The literal texts between each `.*`, if the pattern is nothing else: that needs no program."""
        if self.folded and not self.text.isascii():
            return None
        pieces = literals(self.text)
        return tuple(piece.lower() for piece in pieces) if pieces and self.folded else pieces

    def found_in(self, text: str) -> bool:
        """Whether any part of the text matches."""
        return self._program.search(text.encode(errors="surrogatepass")) is not None

    @functools.cached_property
    def _range(self) -> tuple[bytes, bytes]:
        """The first and last text that might match: to compare with them takes a tenth of the time."""
        try:
            low, high = self._program.possiblematchrange(RANGE_LENGTH)
        except re2.error:
            return b"", ABOVE_ALL
        return low, high


def literals(pattern: str) -> tuple[str, ...] | None:
    """What stands between each `.*` of a pattern that holds no other operator; None of any other.

    `^` in front and `$` at the end are no operators: the whole text is to match.
    """
    found, at = [""], 1 if pattern.startswith("^") else 0
    end = len(pattern)
    while at < end and (token := TOKEN.match(pattern, at)) is not None:
        at = token.end()
        if token[0] == ".*":
            found.append("")
        else:
            found[-1] += token[1] or token[0]
    return tuple(found) if pattern[at:] in ("", "$") else None


def _plain(text: str) -> bool:
    """Whether `.` matches each of its characters, and small letters are those of ASCII alone."""
    return text.isascii() and "\n" not in text


def _in_turn(pieces: tuple[str, ...], text: str) -> bool:
    """Whether a text is these pieces, one after another, with anything between them."""
    if len(pieces) == 1:
        return text == pieces[0]
    first, *middle, last = pieces
    at = len(first)
    for piece in middle:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return text.startswith(first) and text.endswith(last) and len(text) - at >= len(last)


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
