"""Postings and how they change: who came to hold a value, who no longer does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from pyroaring import BitMap

from shared.directory import bitmaps, columns
from shared.directory.attributes import COLUMNS
from shared.directory.columns import Item


class Key(NamedTuple):
    """Which posting: one value of one attribute in one segment; of a column, one bucket."""

    attribute: str
    value: str
    segment: int


class Change(NamedTuple):
    """A row of the change log: a user came to hold (`added`) or lost a value; `key` is a column's."""

    attribute: str
    value: str
    key: bytes
    ordinal: int
    added: bool


class BitmapDifference(NamedTuple):
    """What changes in a bitmap; the two sets are disjoint."""

    added: BitMap
    removed: BitMap

    def applied(self, data: bytes) -> bytes:
        """A posting's bytes after the change; no bytes are no posting."""
        held = (bitmaps.decode(data) - self.removed) | self.added
        return bitmaps.encode(held) if held else b""

    def after(self, earlier: "BitmapDifference") -> "BitmapDifference":
        """An earlier change and then this one, as one."""
        return BitmapDifference(
            self.added | (earlier.added - self.removed), self.removed | (earlier.removed - self.added)
        )

    def members(self) -> Iterator[tuple[bytes, int, bool]]:
        """Each change as key (none), position, whether it was added."""
        yield from ((b"", position, True) for position in self.added)
        yield from ((b"", position, False) for position in self.removed)


class ColumnDifference(NamedTuple):
    """What changes in a bucket of a column; the two sets are disjoint."""

    added: AbstractSet[Item]
    removed: AbstractSet[Item]

    def applied(self, data: bytes) -> bytes:
        """As for a bitmap."""
        return columns.changed(data, self.added, self.removed)

    def after(self, earlier: "ColumnDifference") -> "ColumnDifference":
        """As for a bitmap."""
        return ColumnDifference(
            self.added | (earlier.added - self.removed), self.removed | (earlier.removed - self.added)
        )

    def members(self) -> Iterator[tuple[bytes, int, bool]]:
        """As for a bitmap."""
        yield from ((*columns.parts(item), True) for item in self.added)
        yield from ((*columns.parts(item), False) for item in self.removed)


class Addition(NamedTuple):
    """What comes to a posting, as the bytes of one: of users who are new, so that none is there already."""

    attribute: str
    data: bytes

    def applied(self, data: bytes) -> bytes:
        """As for a bitmap."""
        if not data:
            return self.data
        if self.attribute in COLUMNS:
            return columns.joined(data, self.data)
        return bitmaps.encode(bitmaps.decode(data) | bitmaps.decode(self.data))

    def difference(self) -> "Difference":
        """The same as a difference."""
        if self.attribute in COLUMNS:
            return ColumnDifference(set(columns.items(self.data)), frozenset())
        return BitmapDifference(bitmaps.decode(self.data), BitMap())


Member = tuple[bytes, int]
"""A key, empty for a bitmap, and the position of a user."""
Difference = BitmapDifference | ColumnDifference
Differences = dict[Key, Difference]


def changes(differences: Mapping[Key, Difference], segment_bits: int) -> Iterator[Change]:
    """Differences as rows of the change log."""
    for (attribute, value, segment), difference in differences.items():
        base = segment << segment_bits
        for key, position, added in difference.members():
            yield Change(attribute, value, key, base + position, added)


def fold(log: Iterable[Change], segment_bits: int) -> Differences:
    """Rows of the change log, in order, as differences: of one user and value, the last row counts."""
    mask = (1 << segment_bits) - 1
    last: defaultdict[Key, dict[Member, bool]] = defaultdict(dict)
    for attribute, value, key, ordinal, added in log:
        last[Key(attribute, value, ordinal >> segment_bits)][key, ordinal & mask] = added
    return {where: _difference(where, members) for where, members in last.items()}


def _difference(where: Key, members: dict[Member, bool]) -> Difference:
    added = {member for member, is_added in members.items() if is_added}
    removed = members.keys() - added
    if where.attribute in COLUMNS:
        return ColumnDifference(
            {columns.item(*member) for member in added}, {columns.item(*member) for member in removed}
        )
    return BitmapDifference(
        BitMap([position for _, position in added]), BitMap([position for _, position in removed])
    )


def combine(earlier: Differences, later: Differences) -> Differences:
    """Two changes, one after the other, as one."""
    whole = dict(earlier)
    for where, difference in later.items():
        before = earlier.get(where)
        # One posting is always a bitmap or always a column, which its key decides.
        whole[where] = difference if before is None else difference.after(before)  # type: ignore[arg-type]
    return whole
