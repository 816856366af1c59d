"""Sets of positions as bytes: roaring bitmaps in their portable format."""

from array import array
from collections.abc import Iterable

from pyroaring import BitMap


def encode(positions: BitMap) -> bytes:
    """A set's bytes, at most 8 KiB and a little for a segment."""
    positions.run_optimize()
    return bytes(positions.serialize())


def decode(data: bytes) -> BitMap:
    """The set of some bytes; no bytes are the empty set."""
    return BitMap.deserialize(data) if data else BitMap()


def from_positions(positions: Iterable[int]) -> BitMap:
    """A set of positions; an array is several times faster to take in than a list."""
    return BitMap(array("I", positions))
