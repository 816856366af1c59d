"""Users who leave an index and users who enter it: what writing users does to the postings."""

from collections import defaultdict
from collections.abc import Iterator

from shared.directory import bitmaps
from shared.directory.identity import Identity
from shared.directory.index import SegmentIndex
from shared.directory.postings import BitmapDifference, ColumnDifference, Difference, Differences, Key


class Movement:
    """Who leaves and who enters: a changed user leaves with what was known and enters with what is."""

    def __init__(self, segment_bits: int) -> None:
        self.bits = segment_bits
        self.mask = (1 << segment_bits) - 1
        self._left: defaultdict[int, SegmentIndex] = defaultdict(SegmentIndex)
        self._entered: defaultdict[int, SegmentIndex] = defaultdict(SegmentIndex)

    def leave(self, ordinal: int, address: str, identity: Identity | None) -> None:
        """A user is no longer what was known."""
        self._left[ordinal >> self.bits].add(ordinal & self.mask, address, identity)

    def enter(self, ordinal: int, address: str, identity: Identity | None) -> None:
        """A user is now this."""
        self._entered[ordinal >> self.bits].add(ordinal & self.mask, address, identity)

    def differences(self) -> Differences:
        """What changes, by posting; a posting that stays as it is does not appear."""
        found: Differences = {}
        for segment in {*self._left, *self._entered}:
            left, entered = self._left[segment], self._entered[segment]
            found.update(_bitmaps(segment, left, entered))
            found.update(_columns(segment, left, entered))
        return found


def _bitmaps(segment: int, left: SegmentIndex, entered: SegmentIndex) -> Iterator[tuple[Key, Difference]]:
    old, new = left.terms(), entered.terms()
    for attribute, value in {**old, **new}:
        before = bitmaps.from_positions(old.get((attribute, value), ()))
        after = bitmaps.from_positions(new.get((attribute, value), ()))
        if before != after:
            yield Key(attribute, value, segment), BitmapDifference(after - before, before - after)


def _columns(segment: int, left: SegmentIndex, entered: SegmentIndex) -> Iterator[tuple[Key, Difference]]:
    old, new = left.items(), entered.items()
    for attribute, value in {**old, **new}:
        before, after = old.get((attribute, value), set()), new.get((attribute, value), set())
        if before != after:
            yield Key(attribute, value, segment), ColumnDifference(after - before, before - after)
