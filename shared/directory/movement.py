"""Users who leave an index and users who enter it: what writing users does to the postings."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from shared.directory import bitmaps
from shared.directory.attributes import Term
from shared.directory.columns import Item
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
        self._terms: defaultdict[int, dict[Term, list[int]]] = defaultdict(dict)
        self._items: defaultdict[int, dict[Term, set[Item]]] = defaultdict(dict)

    def leave(self, ordinal: int, address: str, identity: Identity | None) -> None:
        """A user is no longer what was known."""
        self._left[ordinal >> self.bits].add(ordinal & self.mask, address, identity)

    def enter(self, ordinal: int, address: str, identity: Identity | None) -> None:
        """A user is now this."""
        self._entered[ordinal >> self.bits].add(ordinal & self.mask, address, identity)

    def enter_term(self, term: Term, ordinals: list[int]) -> None:
        """Users now hold a term; each user who enters in this way does so with all terms and items."""
        for segment, positions in self._by_segment(ordinals):
            self._terms[segment].setdefault(term, []).extend(positions)

    def enter_items(self, term: Term, items: list[Item]) -> None:
        """Users, by ordinal, now hold keys of a bucket."""
        for key, ordinal in items:
            held = self._items[ordinal >> self.bits].setdefault(term, set())
            held.add((key, ordinal & self.mask))

    def _by_segment(self, ordinals: list[int]) -> Iterator[tuple[int, list[int]]]:
        mask, first, last = self.mask, min(ordinals) >> self.bits, max(ordinals) >> self.bits
        if first == last:
            yield first, [ordinal & mask for ordinal in ordinals]
            return
        for segment in {ordinal >> self.bits for ordinal in ordinals}:
            yield segment, [ordinal & mask for ordinal in ordinals if ordinal >> self.bits == segment]

    def differences(self) -> Differences:
        """What changes, by posting; a posting that stays as it is does not appear."""
        found: Differences = {}
        for segment in {*self._left, *self._entered, *self._terms}:
            left, entered = self._left[segment], self._entered[segment]
            terms, items = entered.terms(), entered.items()
            for term, positions in self._terms[segment].items():
                terms[term] = [*terms.get(term, ()), *positions]
            for term, held in self._items[segment].items():
                items[term] = held | items.get(term, set())
            found.update(_bitmaps(segment, left.terms(), terms))
            found.update(_columns(segment, left.items(), items))
        return found


def _bitmaps(
    segment: int, old: Mapping[Term, list[int]], new: Mapping[Term, list[int]]
) -> Iterator[tuple[Key, Difference]]:
    for attribute, value in {**old, **new}:
        before = bitmaps.from_positions(old.get((attribute, value), ()))
        after = bitmaps.from_positions(new.get((attribute, value), ()))
        if before != after:
            yield Key(attribute, value, segment), BitmapDifference(after - before, before - after)


def _columns(
    segment: int, old: Mapping[Term, set[Item]], new: Mapping[Term, set[Item]]
) -> Iterator[tuple[Key, Difference]]:
    for attribute, value in {**old, **new}:
        before, after = old.get((attribute, value), set()), new.get((attribute, value), set())
        if before != after:
            yield Key(attribute, value, segment), ColumnDifference(after - before, before - after)
