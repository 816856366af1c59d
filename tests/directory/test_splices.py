from hypothesis import given
from hypothesis import strategies as st

from shared.directory import columns

KEYS = st.binary(min_size=4, max_size=4).map(lambda key: b"\x0a\0\0" + key[:1])
ONE = st.builds(columns.item, KEYS, st.integers(0, 65535))
ITEMS, FEW = st.sets(ONE, max_size=120), st.sets(ONE, max_size=8)


@given(ITEMS, FEW, st.data())
def test_a_spliced_column_is_the_one_made_anew(held, added, data):
    removed = data.draw(st.sets(st.sampled_from(sorted(held)), max_size=8)) if held else set()
    removed -= added
    expected = columns.encode((held - removed) | added)
    assert columns.changed(columns.encode(held), added, removed) == expected


@given(ITEMS, FEW)
def test_removing_what_is_not_there_and_adding_what_is_change_nothing(held, absent):
    there = set(sorted(held)[:5])
    assert columns.changed(columns.encode(held), there, absent - held) == columns.encode(held)
