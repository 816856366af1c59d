"""Columns: keys of a fixed width in order, each with the position of a user who holds it.

Bytes: the keys' width and their number, the keys, the positions; numbers are 32-bit little-endian. A key that
several users hold stands several times, so that one more user is a splice and not another column.
"""

import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import compress
from operator import itemgetter

from pyroaring import BitMap

HEAD = struct.Struct("<II")
NUMBER = 4  # bytes
EMPTY = HEAD.pack(1, 0)
# Beyond this share of changed items, making a column anew is cheaper than splicing.
SPLICE_SHARE = 8
# Looking for a bound costs as much as passing so many keys.
KEYS_PER_BOUND = 12

Item = bytes
"""A key and, after it, the position of a user who holds it: bytes are ordered as the two are."""
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

    def find(self, key: bytes, position: int) -> int:
        """Where an item stands, or would."""
        start, end = bisect_left(self, key), bisect_right(self, key)
        return start + bisect_left(_numbers(self.positions(start, end)), position)

    def holds(self, key: bytes, position: int, at: int) -> bool:
        """Whether an item stands at a place."""
        held = at < self.count and self[at] == key
        return held and _numbers(self.positions(at, at + 1))[0] == position


def item(key: bytes, position: int) -> Item:
    """A key with the position of a user who holds it."""
    return key + position.to_bytes(NUMBER)


def parts(item: Item) -> tuple[bytes, int]:
    """An item's key and position."""
    return item[:-NUMBER], int.from_bytes(item[-NUMBER:])


def encode(items: Collection[Item]) -> bytes:
    """Items as a column's bytes; no items are no bytes. All keys have one width."""
    return _encoded(sorted(items))


def _encoded(ordered: Sequence[Item]) -> bytes:
    if not ordered:
        return b""
    size, count, mixed = len(ordered[0]), len(ordered), b"".join(ordered)
    width = size - NUMBER
    keys, positions = bytearray(width * count), bytearray(NUMBER * count)
    for at in range(width):  # a byte of every item at a time
        keys[at::width] = mixed[at::size]
    for at in range(NUMBER):
        positions[at::NUMBER] = mixed[size - 1 - at :: size]
    return HEAD.pack(width, count) + keys + positions


def positions(data: bytes) -> "array[int]":
    """Whose the items of a column are, in order."""
    column = _Column(data or EMPTY)
    return _numbers(column.positions(0, column.count))


def items(data: bytes, other: "array[int] | None" = None) -> list[Item]:
    """What a column holds, in order; with other positions, if there are any, than its own."""
    column = _Column(data or EMPTY)
    width, count, size = column.width, column.count, column.width + NUMBER
    mixed, keys = bytearray(size * count), column.keys(0, count)
    places = column.positions(0, count) if other is None else _bytes(other)
    for at in range(width):
        mixed[at::size] = keys[at::width]
    for at in range(NUMBER):
        mixed[size - 1 - at :: size] = places[at::NUMBER]
    return [found for (found,) in struct.iter_unpack(f"{size}s", mixed)]


def changed(data: bytes, added: AbstractSet[Item], removed: AbstractSet[Item]) -> bytes:
    """A column's bytes with some items more and some less; the two sets are disjoint."""
    if not data:
        return encode(added)
    column = _Column(data)
    if (len(added) + len(removed)) * SPLICE_SHARE <= column.count:
        return _spliced(column, added, removed)
    kept = [item for item in items(data) if item not in removed] if removed else items(data)
    whole = sorted(kept + sorted(added))  # two ordered runs: merged, not sorted
    return _encoded(list(dict.fromkeys(whole)))


def joined(data: bytes, other: bytes) -> bytes:
    """The bytes of two columns as one; they have no item in common."""
    return _encoded(sorted(items(data) + items(other)))  # two ordered runs: merged, not sorted


def _spliced(column: _Column, added: AbstractSet[Item], removed: AbstractSet[Item]) -> bytes:
    keys, places, kept = [], [], 0
    for item in sorted(added | removed):
        key, position = parts(item)
        at = column.find(key, position)
        keys.append(column.keys(kept, at))
        places.append(column.positions(kept, at))
        if item in added:
            keys.append(key)
            places.append(_bytes(array("I", (position,))))
        kept = at + column.holds(key, position, at)
    keys.append(column.keys(kept, column.count))
    places.append(column.positions(kept, column.count))
    all_keys, all_positions = b"".join(keys), b"".join(places)
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
