"""`{platform}` in the place of an account's id, so that what is carried says nothing of where it comes from.

Any text has exactly one form with it, and comes back as it was: a text that had the word in it before is told
apart. An id in capitals comes back in small letters, for case does not count in references.
"""

import functools
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

PLACEHOLDER = "{platform}"
_OPENING, _TOLD_APART = "{platform", "{platform!"
_EITHER = re.compile(r"\{platform([!}])")


@functools.lru_cache(maxsize=64)
def _ids(account: UUID) -> re.Pattern[str]:
    return re.compile(account.hex, re.IGNORECASE)


def neutral_text(text: str, account: UUID) -> str:
    """A text without the account's id."""
    return _ids(account).sub(PLACEHOLDER, text.replace(_OPENING, _TOLD_APART))


def restored_text(text: str, account: UUID) -> str:
    """A text with the account's id, whichever account it comes from."""
    return _EITHER.sub(lambda found: account.hex if found[1] == "}" else _OPENING, text)


def neutral(document: bytes, account: UUID) -> bytes:
    """A JSON document without the account's id in its texts; names of members stay as they are."""
    if _OPENING.encode() not in document and account.hex.encode() not in document.lower():
        return document
    return _changed(document, lambda text: neutral_text(text, account))


def restored(document: bytes, account: UUID) -> bytes:
    """A JSON document with the account's id in its texts; one that escapes no letter that needs none."""
    if _OPENING.encode() not in document:
        return document
    return _changed(document, lambda text: restored_text(text, account))


def _changed(document: bytes, change: Callable[[str], str]) -> bytes:
    return msgspec.json.encode(_with(msgspec.json.decode(document), change))


def _with(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_with(each, change) for each in value]
    if isinstance(value, dict):
        return {name: _with(each, change) for name, each in value.items()}
    return value
