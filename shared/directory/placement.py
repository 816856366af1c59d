"""Where the users of a batch stand: from the numbers of its records to positions in segments."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pyroaring import BitMap

from shared.directory import bitmaps, columns
from shared.directory.columns import Item


class Placement:
    """The ordinals of a batch's records, -1 for one that left no user.

    Most batches are of new users, who stand one after another: their numbers are moved as a whole.
    """

    def __init__(self, ordinals: Sequence[int], segment_bits: int) -> None:
        self._ordinals = ordinals
        self._bits = segment_bits
        first = min((ordinal for ordinal in ordinals if ordinal >= 0), default=0)
        self._first_segment = first >> segment_bits
        self._base = self._first_segment << segment_bits
        self._shift = first - self._base
        self._straight = ordinals == list(range(first, first + len(ordinals)))
        self._ranges: dict[int, BitMap] = {}

    def positions(self, numbers: BitMap) -> Iterator[tuple[int, BitMap]]:
        """The positions of some records' users, by segment."""
        if self._straight:
            found = numbers.shift(self._shift)
        else:
            ordinals = (self._ordinals[number] for number in numbers)
            found = bitmaps.from_positions(ordinal - self._base for ordinal in ordinals if ordinal >= 0)
        if not found:
            return
        for segment in self._segments(found):
            part = found & self._range(segment)
            if part:
                yield self._first_segment + segment, part.shift(-(segment << self._bits))

    def _segments(self, found: BitMap) -> Iterable[int]:
        """Segments, counted from the first, in which some may stand."""
        first, last = found.min() >> self._bits, found.max() >> self._bits
        if last - first < len(found):
            return range(first, last + 1)
        return {ordinal >> self._bits for ordinal in found}

    def _range(self, segment: int) -> BitMap:
        if segment not in self._ranges:
            self._ranges[segment] = BitMap(range(segment << self._bits, (segment + 1) << self._bits))
        return self._ranges[segment]

    def items(self, data: bytes) -> Iterator[tuple[int, list[Item]]]:
        """A column of keys with numbers as items with positions, by segment and in order."""
        mask, ordinals = (1 << self._bits) - 1, [self._ordinals[number] for number in columns.positions(data)]
        first, last = min(ordinals, default=-1), max(ordinals, default=-1)
        if first >> self._bits == last >> self._bits and first >= 0:
            places = array("I", [ordinal & mask for ordinal in ordinals])
            yield first >> self._bits, columns.items(data, places)
            return
        found = defaultdict[int, list[Item]](list)
        for item, ordinal in zip(columns.items(data), ordinals, strict=True):
            if ordinal >= 0:
                key, _ = columns.parts(item)
                found[ordinal >> self._bits].append(columns.item(key, ordinal & mask))
        yield from found.items()
