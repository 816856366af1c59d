from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from shared.directory import bitmaps, columns

KEYS = st.integers(0, 30).map(lambda number: bytes([number // 8, number % 8, 0, number]))
ITEMS = st.lists(st.tuples(KEYS, st.integers(0, 65_535)), max_size=40)


@given(ITEMS)
def test_a_column_gives_back_what_it_holds_in_order(items):
    assert list(columns.items(columns.encode(set(items)))) == sorted(set(items))


@given(ITEMS, st.lists(st.tuples(KEYS, KEYS), max_size=4))
def test_a_range_finds_whose_keys_lie_in_it(items, ranges):
    expected = {position for key, position in items for first, last in ranges if first <= key <= last}
    assert set(columns.within(columns.encode(items), ranges)) == expected


@given(st.lists(st.tuples(st.binary(min_size=16, max_size=16), st.integers(0, 15)), max_size=20))
def test_each_key_of_a_column_of_digests_is_found(items):
    data = columns.encode(items)
    for key, position in items:
        assert position in columns.within(data, [(key, key)])


def test_no_items_are_no_bytes():
    assert columns.encode([]) == b""
    assert list(columns.items(b"")) == []
    assert columns.within(b"", [(b"\0" * 4, b"\xff" * 4)]) == BitMap()


@given(st.sets(st.integers(0, 65_535)))
def test_a_bitmap_survives_its_bytes(positions):
    assert bitmaps.decode(bitmaps.encode(bitmaps.from_positions(positions))) == BitMap(positions)


def test_a_full_segment_is_small():
    assert len(bitmaps.encode(BitMap(range(65_536)))) < 64
    assert len(bitmaps.encode(BitMap(range(0, 65_536, 2)))) < 8_300
