"""Cutting a stream into blocks of whole rows, without reading the rows.

A block is what one row of the staging table holds: a file of any size passes through a few megabytes.
"""

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from shared.directory.errors import Refused

Format = Literal["ndjson", "csv"]
BLOCK_BYTES = 1024 * 1024
ROW_BYTES = 1024 * 1024
# Rows as `csv` reads them: a quote opens a quoted cell only where a cell begins.
CELL = rb'(?:"(?:[^"]++|"")*+"[^%(separator)b\n]*+|[^"%(separator)b\n][^%(separator)b\n]*+)?+'
ROWS = rb"(?:" + CELL + rb"(?:%(separator)b" + CELL + rb")*+\n)*+"
BOM = b"\xef\xbb\xbf"


def separator(header: bytes) -> bytes:
    """What stands between the cells of a CSV with this header: a comma, or a semicolon if there are more."""
    return b";" if header.count(b";") > header.count(b",") else b","


class Block(Struct, frozen=True):
    """Whole rows as they came; `first_line` counts from 1, the header of a CSV included."""

    number: int
    first_line: int
    rows: int
    data: bytes


class Cutter:
    """Turns chunks of bytes into blocks. A newline within the quotes of a CSV ends no row."""

    def __init__(self, form: Format) -> None:
        self.form = form
        self.header = b""
        self._rest = bytearray()
        self._line = 1
        self._number = 0
        self._started = False
        self._look_at = BLOCK_BYTES
        self._rows = re.compile(rb"")

    def feed(self, chunk: bytes) -> Iterator[Block]:
        """Blocks that are full; raises Refused for a row that does not end."""
        self._rest += chunk
        if not self._started and not self._start(final=False):
            return
        if len(self._rest) >= self._look_at:
            end = self._last_row_end()
            # A row without an end is looked through again only when much more of it has come.
            self._look_at = BLOCK_BYTES if end else len(self._rest) + BLOCK_BYTES // 16
            if end:
                yield self._cut(end)
            elif len(self._rest) > BLOCK_BYTES + ROW_BYTES:
                raise Refused(
                    f"line {self._line} is longer than {ROW_BYTES} bytes or a quote in it does not end"
                )

    def finish(self) -> Iterator[Block]:
        """The last block, if anything is left."""
        if not self._started:
            self._start(final=True)
        if self._rest:
            yield self._cut(len(self._rest))

    def _start(self, *, final: bool) -> bool:
        """Take off a byte order mark and, of a CSV, the header; False while it is not all there."""
        if len(self._rest) < len(BOM) and not final:
            return False
        if self._rest.startswith(BOM):
            del self._rest[: len(BOM)]
        if self.form == "csv":
            end = self._rest.find(b"\n") + 1 or (len(self._rest) if final else 0)
            if not end:
                if len(self._rest) > ROW_BYTES:
                    raise Refused(f"the header is longer than {ROW_BYTES} bytes")
                return False
            self.header = bytes(self._rest[:end])
            self._rows = re.compile(ROWS % {b"separator": separator(self.header)})
            del self._rest[:end]
            self._line = 2
        self._started = True
        return True

    def _last_row_end(self) -> int:
        """Where the last whole row ends, 0 if there is none."""
        if self.form != "csv":
            return self._rest.rfind(b"\n") + 1
        rows = self._rows.match(self._rest)
        return rows.end() if rows else 0

    def _cut(self, end: int) -> Block:
        data = bytes(self._rest[:end])
        del self._rest[:end]
        lines = data.count(b"\n")
        block = Block(self._number, self._line, lines + (not data.endswith(b"\n")), data)
        self._number += 1
        self._line += lines
        return block
