"""Users whom a directory does not know yet, made ready beside the process that writes them.

Whether nobody of them is known, and whether the directory is as expected, is for the writer to find out.
"""

import struct
from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct
from pyroaring import BitMap

from shared.directory import bitmaps, columns, hashes
from shared.directory.index import SegmentIndex
from shared.directory.merge import Rejection, User
from shared.directory.postings import Addition, Key
from shared.store import rows
from shared.store.users import Directory
from shared.wire.directory import batches
from shared.wire.directory.batches import Raw

ID_BYTES = 16
ID_HASHES = struct.Struct(">12xI")  # as `hashes.of_id` has them


class Place(Struct, frozen=True, array_like=True):
    """Where a directory has room for users: their version, their first ordinal, the size of segments."""

    account: UUID
    version: int
    first: int
    segment_bits: int

    def after(self, users: int) -> "Place":
        """The place that some users leave."""
        if not users:
            return self
        return Place(self.account, self.version + 1, self.first + users, self.segment_bits)


def place(account: UUID, directory: Directory) -> Place:
    """Where a directory's next users go."""
    return Place(account, directory.version + 1, directory.next_ordinal, directory.segment_bits)


class Strangers(Struct, frozen=True, array_like=True):
    """What blocks of a file hold, if it is all strangers: so many `users`, and rows that are none.

    `rows` are in the form of COPY, `postings` by attribute, value and segment; `ids`, end to end, and
    `addresses` are those of the users, `named` has the hashes of both. `groups` are names in records.
    """

    place: Place
    last_block: int
    users: int
    rejections: list[Rejection]
    named: bytes
    ids: bytes
    addresses: list[str]
    groups: list[str]
    rows: list[bytes]
    postings: list[tuple[str, str, int, bytes]]

    def suspects(self, found: BitMap) -> tuple[list[UUID], list[str]]:
        """The ids and the addresses that have some hashes."""
        hashed = enumerate(ID_HASHES.iter_unpack(self.ids))
        at = [ID_BYTES * number for number, (each,) in hashed if each in found]
        ids = [UUID(bytes=self.ids[start : start + ID_BYTES]) for start in at]
        return ids, [address for address in self.addresses if hashes.of_address(address) in found]

    def additions(self) -> dict[Key, Addition]:
        """What comes to each posting."""
        return {
            Key(attribute, value, segment): Addition(attribute, data)
            for attribute, value, segment, data in self.postings
        }


def settle(raw: Raw, to: Place) -> Strangers | None:
    """Read and index blocks, and take them away; None if a row deletes a user, or two are about one.

    Raises Refused for a header that means nothing.
    """
    last_block, settling = raw.blocks[-1].number, _Settling(to)
    chunks = list(rows.chunks(to.account, to.version, settling.users(raw)))
    if settling.moves or len({user_id.int for user_id in settling.ids}) < len(settling.ids):
        return None
    if len(set(settling.addresses)) < len(settling.addresses):
        return None
    ids, addresses = settling.ids, settling.addresses
    return Strangers(
        to,
        last_block,
        len(ids),
        settling.rejections,
        bitmaps.encode(hashes.of_users(ids, addresses)),
        b"".join([user_id.bytes for user_id in ids]),
        addresses,
        sorted({name for index in settling.index.values() for name in index.groups()}),
        chunks,
        list(_postings(settling.index)),
    )


class _Settling:
    """Users who come to a place, one after another; `moves` says that not all rows are of users who come."""

    def __init__(self, to: Place) -> None:
        self.index: defaultdict[int, SegmentIndex] = defaultdict(SegmentIndex)
        self.ids: list[UUID] = []
        self.addresses: list[str] = []
        self.rejections: list[Rejection] = []
        self.moves = False
        self._to = to

    def users(self, raw: Raw) -> Iterator[User]:
        """The users, as they are indexed."""
        ordinal, bits = self._to.first, self._to.segment_bits
        mask = (1 << bits) - 1
        for row in batches.records(raw):
            if isinstance(row, Rejection):
                self.rejections.append(row)
                continue
            if row.deleted:
                self.moves = True
                return
            user_id = row.user_id or uuid4()
            self.ids.append(user_id)
            self.addresses.append(row.address)
            self.index[ordinal >> bits].add(ordinal & mask, row.address, row.known, row.groups)
            yield rows.created(row, ordinal, user_id)
            ordinal += 1


def _postings(indices: dict[int, SegmentIndex]) -> Iterator[tuple[str, str, int, bytes]]:
    for segment, index in indices.items():
        for (attribute, value), positions in index.terms().items():
            yield attribute, value, segment, bitmaps.encode(bitmaps.from_positions(positions))
        for (attribute, value), items in index.items().items():
            yield attribute, value, segment, columns.encode(items)


decode = msgspec.msgpack.Decoder(Strangers | None).decode
