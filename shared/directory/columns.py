"""Columns: keys of a fixed width in order, each with the position of a user who holds it.

Bytes: the keys' width and their number, the keys, the positions; numbers are 32-bit little-endian. A key that
several users hold stands several times, so that one more user is a splice and not another column.
"""

import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import compress
from operator import itemgetter

from pyroaring import BitMap

HEAD = struct.Struct("<II")
NUMBER = 4  # bytes
# Beyond this share of changed items, making a column anew is cheaper than splicing.
SPLICE_SHARE = 8
# Looking for a bound costs as much as passing so many keys.
KEYS_PER_BOUND = 12

Item = tuple[bytes, int]
"""A key and the position of a user who holds it."""
Range = tuple[bytes, bytes]
"""The first and the last key, both included."""
Bounds = tuple[bytes, ...]
"""Ranges in order that do not overlap: of each the first key, and what comes right after the last."""


def _numbers(data: bytes | memoryview) -> "array[int]":
    numbers = array("I")
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _bytes(numbers: "array[int]") -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


class _Column:
    """A column's bytes; keys and items are cut out when asked for: a look-up touches a dozen of thousands."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.width: int
        self.count: int
        self.width, self.count = HEAD.unpack_from(data)
        self.positions_at = HEAD.size + self.width * self.count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> bytes:
        at = HEAD.size + self.width * number
        return self.data[at : at + self.width]

    def keys(self, start: int, end: int) -> bytes:
        """The keys of some items, end to end."""
        return self.data[HEAD.size + self.width * start : HEAD.size + self.width * end]

    def positions(self, start: int, end: int) -> bytes:
        """The positions of some items, as bytes."""
        return self.data[self.positions_at + NUMBER * start : self.positions_at + NUMBER * end]

    def find(self, item: Item) -> int:
        """Where an item stands, or would."""
        key, position = item
        start, end = bisect_left(self, key), bisect_right(self, key)
        return start + bisect_left(_numbers(self.positions(start, end)), position)

    def holds(self, item: Item, at: int) -> bool:
        """Whether an item stands at a place."""
        held = at < self.count and self[at] == item[0]
        return held and _numbers(self.positions(at, at + 1))[0] == item[1]


def encode(items: set[Item]) -> bytes:
    """A column's bytes; no items are no bytes. All keys have one width."""
    return _encoded(sorted(items))


def _encoded(ordered: list[Item]) -> bytes:
    if not ordered:
        return b""
    keys = b"".join([key for key, _ in ordered])
    positions = array("I", [position for _, position in ordered])
    return HEAD.pack(len(ordered[0][0]), len(ordered)) + keys + _bytes(positions)


def items(data: bytes) -> list[Item]:
    """What a column holds, in order."""
    if not data:
        return []
    column = _Column(data)
    keys = [data[at : at + column.width] for at in range(HEAD.size, column.positions_at, column.width)]
    return list(zip(keys, _numbers(column.positions(0, column.count)), strict=True))


def changed(data: bytes, added: set[Item], removed: set[Item]) -> bytes:
    """A column's bytes with some items more and some less; the two sets are disjoint."""
    if not data:
        return encode(added)
    column = _Column(data)
    if (len(added) + len(removed)) * SPLICE_SHARE > column.count:
        kept = [item for item in items(data) if item not in removed] if removed else items(data)
        new = added if _strangers(column, added) else added.difference(kept)
        return _encoded(sorted(kept + sorted(new)))  # two ordered runs: merged, not sorted
    return _spliced(column, added, removed)


def _strangers(column: _Column, added: set[Item]) -> bool:
    """Whether none of the positions has an item in a column yet: so it is when users are new."""
    there = BitMap(_numbers(column.positions(0, column.count)))
    return there.isdisjoint(BitMap(array("I", [position for _, position in added])))


def _spliced(column: _Column, added: set[Item], removed: set[Item]) -> bytes:
    keys, positions, kept = [], [], 0
    for item in sorted(added | removed):
        at = column.find(item)
        keys.append(column.keys(kept, at))
        positions.append(column.positions(kept, at))
        if item in added:
            keys.append(item[0])
            positions.append(_bytes(array("I", (item[1],))))
        kept = at + column.holds(item, at)
    keys.append(column.keys(kept, column.count))
    positions.append(column.positions(kept, column.count))
    all_keys, all_positions = b"".join(keys), b"".join(positions)
    count = len(all_positions) // NUMBER
    return HEAD.pack(column.width, count) + all_keys + all_positions if count else b""


def bounds(ranges: Iterable[Range]) -> Bounds:
    """Ranges of keys of one width, in whatever order and overlapping as they may, as bounds."""
    found: list[bytes] = []
    for first, last in sorted(ranges, key=itemgetter(0)):
        after = last + b"\0"  # there is nothing between it and the last key
        if not found or found[-1] < first:
            found += (first, after)
        elif found[-1] < after:
            found[-1] = after
    return tuple(found)


def within(data: bytes, asked: Bounds) -> BitMap:
    """The positions of the users who hold a key within bounds; by whichever way is cheaper."""
    if not data or not asked:
        return BitMap()
    column = _Column(data)
    low, high = bisect_right(asked, column[0]), bisect_right(asked, column[column.count - 1])
    if (high - low) * KEYS_PER_BOUND <= column.count:
        return _between(column, asked, low, high)
    return _passed(column, asked, low, high)


def _between(column: _Column, asked: Bounds, low: int, high: int) -> BitMap:
    """By looking for each of the bounds that lie among the keys."""
    edges = [bisect_left(column, bound) for bound in asked[low:high]]
    edges = [0] * (low & 1) + edges + [column.count] * (high & 1)
    parts = map(column.positions, edges[::2], edges[1::2])
    return BitMap(_numbers(b"".join(parts)))


def _passed(column: _Column, asked: Bounds, low: int, high: int) -> BitMap:
    """By going through keys and bounds side by side: a key after an odd number of bounds is within."""
    inside, at = bytearray(), low
    note = inside.append
    reach = 8 + 4 * (high - low) // column.count  # mostly far enough to the next key
    for (key,) in struct.iter_unpack(f"{column.width}s", column.keys(0, column.count)):
        near = at + reach
        at = bisect_right(asked, key, at, near if near < high else high)  # noqa: FURB136  # min() takes longer
        if at == near:
            at = bisect_right(asked, key, at, high)
        note(at & 1)
    return BitMap(array("I", compress(_numbers(column.positions(0, column.count)), inside)))
