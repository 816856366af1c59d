"""Where in a JSON text things are: the lines of what pointers point to."""

import json
import re
from bisect import bisect_left
from collections.abc import Collection
from typing import Any

STEPS = 32
"""Pointers are followed so deep; what is further in is on the line of what is around it."""
SPACE = re.compile(r"[ \t\r\n]*")

Path = tuple[str, ...]
Wanted = dict[str, "Wanted"]


def lines(text: str, pointers: Collection[str]) -> dict[str, int]:
    """The line, from 1, that what each pointer points to begins on; or else the nearest thing around it.

    `text` is JSON that has been read before.
    """
    paths = {pointer: _path(pointer) for pointer in pointers}
    wanted: Wanted = {}
    for path in paths.values():
        branch = wanted
        for step in path:
            branch = branch.setdefault(step, {})
    scan = _Scan(text)
    scan.value(scan.after_space(0), wanted, ())
    ends = [hit.start() for hit in re.finditer("\n", text)]
    return {pointer: bisect_left(ends, scan.nearest(path)) + 1 for pointer, path in paths.items()}


def _path(pointer: str) -> Path:
    steps = pointer.split("/")[1 : STEPS + 1]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


class _Scan:
    """One walk through a text that opens only what is wanted; `found` says where each of those begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found = dict[Path, int]()
        self.decoder = json.JSONDecoder()

    def after_space(self, at: int) -> int:
        space = SPACE.match(self.text, at)
        return at if space is None else space.end()

    def nearest(self, path: Path) -> int:
        return next(
            self.found[path[:depth]] for depth in range(len(path), -1, -1) if path[:depth] in self.found
        )

    def value(self, at: int, wanted: Wanted | None, path: Path) -> int:
        """Where the value that begins at a place ends."""
        if wanted is None:
            return self._decoded(at)[1]
        self.found[path] = at
        opened = self.text[at] if wanted else ""
        if opened == "{":
            return self._members(self.after_space(at + 1), wanted, path)
        if opened == "[":
            return self._elements(self.after_space(at + 1), wanted, path)
        return self._decoded(at)[1]

    def _members(self, at: int, wanted: Wanted, path: Path) -> int:
        while self.text[at] != "}":
            name, at = self._decoded(at)
            colon = self.after_space(at)
            at = self._next(self.value(self.after_space(colon + 1), wanted.get(name), (*path, name)))
        return at + 1

    def _elements(self, at: int, wanted: Wanted, path: Path) -> int:
        number = 0
        while self.text[at] != "]":
            step = str(number)
            at = self._next(self.value(at, wanted.get(step), (*path, step)))
            number += 1
        return at + 1

    def _next(self, at: int) -> int:
        """Where what follows a value begins: another one, or the bracket that closes."""
        at = self.after_space(at)
        return self.after_space(at + 1) if self.text[at] == "," else at

    def _decoded(self, at: int) -> tuple[Any, int]:
        return self.decoder.raw_decode(self.text, at)
