"""JSON from strangers: what cannot be taken is refused before anything else looks at it."""

import json
import re
from collections import Counter
from collections.abc import Iterator

import msgspec

from shared.directory.errors import Refused

DEPTH_LIMIT = 32
# Also one that does not end: were that no match, each quote in it would be tried as a start of its own.
STRING = re.compile(rb'"[^"]*"?')
ESCAPE = re.compile(rb"\\.", re.DOTALL)
BRACKET = re.compile(rb"[\[\]{}]")
OPENING = b"[{"
OTHERS = bytes(set(range(256)) - set(b'"[]{}'))
BUT_VALUES = bytes(set(range(256)) - set(b'",{['))


def check_depth(text: bytes, limit: int = DEPTH_LIMIT) -> None:
    """Raises Refused for nesting beyond a limit; decoders go down one stack frame a level."""
    if text.count(b"[") + text.count(b"{") <= limit:
        return
    # Most of the text is left out by what is as quick as copying it: while a regular expression is at it, no
    # other thread runs. Two quotes side by side end a text and begin one, or the reverse: without them every
    # bracket stays where it was, inside or outside.
    depth = 0
    for bracket in BRACKET.finditer(_bare(text, OTHERS)):
        depth += 1 if bracket[0] in OPENING else -1
        if depth > limit:
            raise Refused(f"the JSON is nested deeper than {limit} levels")


def check_values(text: bytes, limit: int) -> None:
    """Raises Refused for about so many values: an empty object takes three bytes here, and 72 in memory."""
    if _values(text) > limit and _values(_bare(text, BUT_VALUES)) > limit:
        raise Refused(f"the JSON has more than {limit} values")


def _values(text: bytes) -> int:
    """All that stand behind a comma, and objects and lists by themselves."""
    return sum(map(text.count, (b",", b"{", b"[")))


def _bare(text: bytes, others: bytes) -> bytes:
    """Marks of JSON that stand in no text."""
    return STRING.sub(b"", ESCAPE.sub(b"", text).translate(None, others).replace(b'""', b""))


def _once(pairs: list[tuple[str, object]]) -> None:
    """Nothing is kept: the document is there already, and may be large."""
    if len(dict(pairs)) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise Refused(
            f"the key `{twice}` stands twice in one object, and which one counts is anybody's guess"
        )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _texts(member)


def parse(text: bytes, depth: int = DEPTH_LIMIT) -> object:
    """A JSON document as dicts, lists, texts, numbers, truth values; raises Refused for anything doubtful.

    Doubtful are: what is no JSON, invalid UTF-8, NUL in a text, a key twice in an object, deep nesting.
    """
    check_depth(text, depth)
    try:
        value: object = msgspec.json.decode(text)
        json.loads(text, object_pairs_hook=_once)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as fault:
        raise Refused(f"the body is no JSON: {fault}") from None
    if b"\\u0000" in text and any("\0" in found for found in _texts(value)):
        raise Refused("a text holds the character NUL, which nothing can store")
    return value
