"""Users who leave an index and users who enter it: what writing users does to the postings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from pyroaring import BitMap

from shared.directory import bitmaps
from shared.directory.attributes import Term
from shared.directory.columns import Item
from shared.directory.identity import Identity
from shared.directory.index import SegmentIndex
from shared.directory.postings import BitmapDifference, ColumnDifference, Difference, Differences, Key

NOBODY = BitMap()
NOTHING: AbstractSet[Item] = frozenset()


class Movement:
    """Who leaves and who enters: a changed user leaves with what was known and enters with what is."""

    def __init__(self, segment_bits: int) -> None:
        self.bits = segment_bits
        self.mask = (1 << segment_bits) - 1
        self._left: defaultdict[int, SegmentIndex] = defaultdict(SegmentIndex)
        self._entered: defaultdict[int, SegmentIndex] = defaultdict(SegmentIndex)
        self._terms: defaultdict[int, dict[Term, BitMap]] = defaultdict(dict)
        self._items: defaultdict[int, dict[Term, dict[Item, None]]] = defaultdict(dict)

    def leave(self, ordinal: int, address: str, identity: Identity | None, groups: Iterable[str]) -> None:
        """A user is no longer what was known."""
        self._left[ordinal >> self.bits].add(ordinal & self.mask, address, identity, groups)

    def enter(self, ordinal: int, address: str, identity: Identity | None, groups: Iterable[str]) -> None:
        """A user is now this."""
        self._entered[ordinal >> self.bits].add(ordinal & self.mask, address, identity, groups)

    def enter_term(self, term: Term, segment: int, positions: BitMap) -> None:
        """Users now hold a term; each user who enters in this way does so with all terms and items."""
        held = self._terms[segment]
        held[term] = held[term] | positions if term in held else positions

    def enter_items(self, term: Term, segment: int, items: Iterable[Item]) -> None:
        """Users now hold keys of a bucket; they stay in order."""
        self._items[segment].setdefault(term, {}).update(dict.fromkeys(items))

    def differences(self) -> Differences:
        """What changes, by posting; a posting that stays as it is does not appear."""
        found: Differences = {}
        for segment in {*self._left, *self._entered, *self._terms}:
            left, entered = self._left[segment], self._entered[segment]
            terms = {term: bitmaps.from_positions(held) for term, held in entered.terms().items()}
            for term, positions in self._terms[segment].items():
                terms[term] = terms[term] | positions if term in terms else positions
            items: dict[Term, AbstractSet[Item]] = _sets(entered)
            for term, held in self._items[segment].items():
                items[term] = held.keys() | items[term] if term in items else held.keys()
            found.update(_bitmaps(segment, left.terms(), terms))
            found.update(_columns(segment, _sets(left), items))
        return found


def _sets(index: SegmentIndex) -> dict[Term, AbstractSet[Item]]:
    return {term: set(held) for term, held in index.items().items()}


def _bitmaps(
    segment: int, old: Mapping[Term, list[int]], new: Mapping[Term, BitMap]
) -> Iterator[tuple[Key, Difference]]:
    for attribute, value in {**old, **new}:
        before = bitmaps.from_positions(old.get((attribute, value), ()))
        after = new.get((attribute, value), NOBODY)
        if before != after:
            yield Key(attribute, value, segment), BitmapDifference(after - before, before - after)


def _columns(
    segment: int, old: Mapping[Term, AbstractSet[Item]], new: Mapping[Term, AbstractSet[Item]]
) -> Iterator[tuple[Key, Difference]]:
    for attribute, value in {**old, **new}:
        before, after = old.get((attribute, value), NOTHING), new.get((attribute, value), NOTHING)
        if not before:
            yield Key(attribute, value, segment), ColumnDifference(after, NOTHING)
        elif before != after:
            yield Key(attribute, value, segment), ColumnDifference(after - before, before - after)
