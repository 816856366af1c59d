"""The rows of a part as the file has them, in little memory: most of them nobody asks for again."""

from array import array
from collections.abc import Iterator
from uuid import UUID
from zlib import crc32

import msgspec
from msgspec import Struct
from pyroaring import BitMap

from shared.directory import bitmaps
from shared.directory.hashes import MASK
from shared.directory.merge import Record

# In place of the hash of an id or an address that a row does not have; what has this very hash gets another.
NOTHING, ANOTHER = 0, 1


class Row(Struct, frozen=True, gc=False, array_like=True):
    """What a row says of whose it is; `given` is the address as it was written, if that is not canonical."""

    line: int
    user_id: UUID | None
    address: str
    given: str
    name: str
    deleted: bool

    @property
    def email(self) -> str:
        """The address as it was written."""
        return self.given or self.address


_encode_into = msgspec.msgpack.Encoder(uuid_format="bytes").encode_into
_decode = msgspec.msgpack.Decoder(Row).decode


class Rows:
    """Rows by position, with hashes of their ids and addresses."""

    def __init__(self) -> None:
        self._texts = bytearray()
        self._ends = array("I")
        self._ids = array("I")
        self._addresses = array("I")

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, position: int) -> Row:
        start = self._ends[position - 1] if position else 0
        return _decode(memoryview(self._texts)[start : self._ends[position]])

    def add(self, record: Record) -> None:
        """Add the row after the last."""
        user_id, address, email = record.user_id, record.address, record.email
        given = "" if email == address else email
        _encode_into((record.line, user_id, address, given, record.name, record.deleted), self._texts, -1)
        self._ends.append(len(self._texts))
        self._ids.append(NOTHING if user_id is None else user_id.int & MASK or ANOTHER)
        self._addresses.append(crc32(address.encode()) or ANOTHER if address else NOTHING)

    def named(self) -> BitMap:
        """The hashes of all ids and addresses."""
        # A bitmap of numbers from everywhere is made in a tenth of the time if they come in order.
        return bitmaps.from_positions(sorted({*self._ids, *self._addresses} - {NOTHING}))

    def twice(self) -> BitMap:
        """The hashes that more than one id or address has."""
        once, more = set[int](), set[int]()
        for column in (self._ids, self._addresses):
            for each in column:
                if each in once:
                    more.add(each)
                once.add(each)
        return BitMap(more - {NOTHING})

    def having(self, wanted: BitMap) -> Iterator[int]:
        """The positions of rows that have one of some hashes."""
        some = set(wanted)
        for position, both in enumerate(zip(self._ids, self._addresses, strict=True)):
            if not some.isdisjoint(both):
                yield position
