"""Columns: keys of a fixed width in order, each with the positions of the users who hold it.

Bytes: the keys' width, how many there are, the keys, where each one's positions end, the positions; numbers
are 32-bit little-endian.
"""

import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from pyroaring import BitMap

HEAD = struct.Struct("<II")
NUMBER = 4  # bytes
Item = tuple[bytes, int]
"""A key and the position of a user who holds it."""
Range = tuple[bytes, bytes]
"""The first and the last key, both included."""


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


def encode(items: Iterable[Item]) -> bytes:
    """A column's bytes; no items are no bytes. All keys have one width."""
    keys, ends, positions = [], array("I"), array("I")
    for key, held in groupby(sorted(set(items)), key=itemgetter(0)):
        positions.extend(position for _, position in held)
        keys.append(key)
        ends.append(len(positions))
    if not keys:
        return b""
    return HEAD.pack(len(keys[0]), len(keys)) + b"".join(keys) + _bytes(ends) + _bytes(positions)


class _Keys:
    """The keys of a column, each cut out when it is asked for: a look-up touches a dozen of thousands."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.width: int
        self.count: int
        self.width, self.count = HEAD.unpack_from(data)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> bytes:
        at = HEAD.size + self.width * number
        return self.data[at : at + self.width]


def _parts(data: bytes) -> tuple[_Keys, "array[int]", memoryview]:
    keys, view = _Keys(data), memoryview(data)
    ends_at = HEAD.size + keys.width * keys.count
    positions_at = ends_at + NUMBER * keys.count
    return keys, _numbers(view[ends_at:positions_at]), view[positions_at:]


def items(data: bytes) -> Iterator[Item]:
    """What a column holds, in order."""
    if not data:
        return
    keys, ends, tail = _parts(data)
    positions, start = _numbers(tail), 0
    for number, end in enumerate(ends):
        key = keys[number]
        yield from ((key, position) for position in positions[start:end])
        start = end


def within(data: bytes, ranges: Iterable[Range]) -> BitMap:
    """The positions of the users who hold a key in any of the ranges."""
    found = BitMap()
    if not data:
        return found
    keys, ends, tail = _parts(data)
    for first, last in ranges:
        low, high = bisect_left(keys, first), bisect_right(keys, last)
        if low < high:
            start = ends[low - 1] if low else 0
            found |= BitMap(_numbers(tail[NUMBER * start : NUMBER * ends[high - 1]]))
    return found
