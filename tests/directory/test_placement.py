"""Numbers of a batch become positions in segments, whether users stand in a row or anywhere."""

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from shared.directory import columns
from shared.directory.placement import Placement

BITS = 4
ANYWHERE = st.lists(st.integers(-1, 200), min_size=1, max_size=60)
IN_A_ROW = st.builds(
    lambda start, count: [*range(start, start + count)], st.integers(0, 99), st.integers(1, 60)
)
FAR_APART = st.lists(st.sampled_from([-1, 3, 2**40, 2**40 + 5, 2**40 + 17]), min_size=1, max_size=8)
ORDINALS = st.one_of(ANYWHERE, IN_A_ROW, FAR_APART.filter(lambda found: 3 not in found))


@given(ORDINALS, st.sets(st.integers(0, 59)))
def test_each_number_is_found_where_its_user_stands(ordinals, numbers):
    numbers = {number for number in numbers if number < len(ordinals)}
    placement = Placement(ordinals, BITS)
    expected = {(ordinals[n] >> BITS, ordinals[n] & 15) for n in numbers if ordinals[n] >= 0}
    found = dict(placement.positions(BitMap(numbers)))
    assert {(segment, position) for segment, positions in found.items() for position in positions} == expected
    assert all(found.values())


@given(ORDINALS, st.lists(st.tuples(st.binary(min_size=2, max_size=2), st.integers(0, 59))))
def test_each_key_goes_with_the_position_of_its_user(ordinals, items):
    items = [(key, number) for key, number in items if number < len(ordinals)]
    data = columns.encode({columns.item(*item) for item in items})
    placed = Placement(ordinals, BITS).items(data)
    found = {(segment, columns.parts(item)) for segment, held in placed for item in held}
    expected = [(ordinals[number], key) for key, number in items if ordinals[number] >= 0]
    assert found == {(ordinal >> BITS, (key, ordinal & 15)) for ordinal, key in expected}


def test_a_batch_of_nobody_stands_nowhere():
    placement = Placement([], BITS)
    assert (list(placement.positions(BitMap())), list(placement.items(b""))) == ([], [])
