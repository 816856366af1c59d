"""The file with the users, cut into parts of whole rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from shared.directory.errors import Refused
from shared.wire.directory.batches import Raw
from shared.wire.directory.blocks import BLOCK_BYTES, Block, Cutter, Format
from shared.wire.directory.spreadsheet import Header

# Half a segment: readers are done at nearly the same time, and what each of them holds at once is little.
PART_ROWS = 1 << 15


def form_of(path: Path) -> Format:
    """How a file's rows are written, by its name."""
    return "csv" if path.suffix.lower() == ".csv" else "ndjson"


def parts(file: IO[bytes], form: Format) -> Iterator[Raw]:
    """The parts of a file; raises Refused for one that cannot be a directory, OSError."""
    cutter, blocks, rows = Cutter(form), list[Block](), 0
    for block in _blocks(file, cutter):
        if blocks and rows + block.rows > PART_ROWS:
            yield Raw(form, cutter.header, blocks)
            blocks, rows = [], 0
        blocks.append(block)
        rows += block.rows
    if blocks:
        yield Raw(form, cutter.header, blocks)


def _blocks(file: IO[bytes], cutter: Cutter) -> Iterator[Block]:
    received, checked = 0, cutter.form == "ndjson"
    while chunk := file.read(BLOCK_BYTES):
        received += len(chunk)
        yield from cutter.feed(chunk)
        if cutter.header and not checked:
            Header(cutter.header)
            checked = True
    yield from cutter.finish()
    if not received:
        raise Refused("the file is empty")
    if not checked:
        Header(cutter.header)
