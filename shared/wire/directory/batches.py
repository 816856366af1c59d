"""A batch of a directory file, read and indexed: what one process hands to another.

Entries are numbered in the batch; the index holds numbers until the merge has given users their ordinals.
"""

from collections.abc import Callable, Iterator
from uuid import UUID

import msgspec
from msgspec import Struct
from pyroaring import BitMap

from shared.directory import bitmaps, columns, hashes
from shared.directory.index import SegmentIndex
from shared.directory.merge import Entry, Record, Rejection
from shared.wire.directory.blocks import Block, Format
from shared.wire.directory.records import ndjson_records
from shared.wire.directory.spreadsheet import Header, csv_records


class Raw(Struct, frozen=True, array_like=True):
    """Blocks of one file, in order, and how to read them."""

    format: Format
    header: bytes
    blocks: list[Block]


class Prepared(Struct, frozen=True, array_like=True):
    """What blocks hold: entries in order; rows that are none; who holds what, by number.

    `named` has the hashes of all whom the entries name.
    """

    last_block: int
    entries: list[Entry]
    named: bytes
    rejections: list[Rejection]
    terms: list[tuple[str, str, bytes]]
    columns: list[tuple[str, str, bytes]]

    def suspects(self, found: BitMap) -> tuple[list[UUID], list[str]]:
        """The ids and the addresses that have some hashes."""
        ids = (entry.user_id for entry in self.entries if entry.user_id is not None)
        addresses = (entry.address for entry in self.entries if entry.address)
        return (
            [user_id for user_id in ids if hashes.of_id(user_id) in found],
            [address for address in addresses if hashes.of_address(address) in found],
        )


def records(raw: Raw) -> Iterator[Record | Rejection]:
    """Read and take away blocks; raises Refused for a header that means nothing."""
    header = Header(raw.header) if raw.format == "csv" else None
    while raw.blocks:
        block = raw.blocks.pop(0)  # a batch is large: what was read is not kept
        if header is None:
            yield from ndjson_records(block.data, block.first_line)
        else:
            yield from csv_records(block.data, block.first_line, header)


def prepare(raw: Raw, to_entry: Callable[[Record], Entry]) -> Prepared:
    """Read, index and take away blocks; raises Refused for a header that means nothing."""
    entries: list[Entry] = []
    rejections: list[Rejection] = []
    index = SegmentIndex()
    last_block = raw.blocks[-1].number
    for row in records(raw):
        if isinstance(row, Rejection):
            rejections.append(row)
            continue
        if not row.deleted:
            index.add(len(entries), row.address, row.known, row.groups)
        entries.append(to_entry(row))
    terms = [
        (*term, bitmaps.encode(bitmaps.from_positions(numbers))) for term, numbers in index.terms().items()
    ]
    buckets = [(*term, columns.encode(held)) for term, held in index.items().items()]
    named = bitmaps.encode(hashes.of_entries(entries))
    return Prepared(last_block, entries, named, rejections, terms, buckets)


encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
decode_prepared = msgspec.msgpack.Decoder(Prepared).decode
