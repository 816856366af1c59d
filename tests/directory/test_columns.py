from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from shared.directory import bitmaps, columns

KEYS = st.integers(0, 30).map(lambda number: bytes([number // 8, number % 8, 0, number]))
ITEMS = st.lists(st.builds(columns.item, KEYS, st.integers(0, 65_535)), max_size=40)


@given(ITEMS)
def test_a_column_gives_back_what_it_holds_in_order(items):
    assert list(columns.items(columns.encode(set(items)))) == sorted(set(items))


RANGES = st.tuples(KEYS, KEYS).map(sorted).map(tuple)


@given(ITEMS, st.lists(RANGES, max_size=12))
def test_a_range_finds_whose_keys_lie_in_it(items, ranges):
    held = map(columns.parts, items)
    expected = {position for key, position in held for first, last in ranges if first <= key <= last}
    assert set(columns.within(columns.encode(items), columns.bounds(ranges))) == expected


@pytest.mark.parametrize("width", [4, 16])
@pytest.mark.parametrize(("keys", "ranges"), [(5000, 3), (5000, 400), (5000, 6000), (40, 6000), (1, 1)])
def test_every_key_is_found_however_many_there_are_of_either(width, keys, ranges):
    source = Random(keys * ranges)
    held = {(source.randbytes(2) + bytes(width - 2), source.randrange(65_536)) for _ in range(keys)}
    firsts = [source.randbytes(2) + bytes(width - 2) for _ in range(ranges)]
    asked = [(first, first[:1] + b"\xff" * (width - 1)) for first in firsts if first[0] % 3 == 0]
    asked += [(first, first) for first in firsts]
    inside = {key for key, _ in held if any(first <= key <= last for first, last in asked)}
    expected = {position for key, position in held if key in inside}
    data = columns.encode([columns.item(*each) for each in held])
    assert set(columns.within(data, columns.bounds(asked))) == expected


@given(st.lists(RANGES, max_size=12))
def test_bounds_are_in_order_whatever_the_ranges_were(ranges):
    bounds = columns.bounds(ranges)
    assert list(bounds) == sorted(set(bounds))
    assert len(bounds) % 2 == 0


@given(st.lists(st.tuples(st.binary(min_size=16, max_size=16), st.integers(0, 15)), max_size=20))
def test_each_key_of_a_column_of_digests_is_found(items):
    data = columns.encode([columns.item(*each) for each in items])
    for key, position in items:
        assert position in columns.within(data, columns.bounds([(key, key)]))


def test_no_items_are_no_bytes():
    assert columns.encode([]) == b""
    assert list(columns.items(b"")) == []
    assert columns.within(b"", columns.bounds([(b"\0" * 4, b"\xff" * 4)])) == BitMap()


@given(st.sets(st.integers(0, 65_535)))
def test_a_bitmap_survives_its_bytes(positions):
    assert bitmaps.decode(bitmaps.encode(bitmaps.from_positions(positions))) == BitMap(positions)


def test_a_full_segment_is_small():
    assert len(bitmaps.encode(BitMap(range(65_536)))) < 64
    assert len(bitmaps.encode(BitMap(range(0, 65_536, 2)))) < 8_300
