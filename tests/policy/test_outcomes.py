"""Kleene's logic on sets."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from shared.policy.outcome import Outcome, all_of, any_of, both, either, negated

LIVE = BitMap(range(20))
POSITIONS = st.sets(st.integers(0, 19)).map(BitMap)
OUTCOMES = st.builds(lambda matched, unknown: Outcome(matched, unknown - matched), POSITIONS, POSITIONS)
EVERYBODY, NOBODY = Outcome(LIVE, BitMap()), Outcome(BitMap(), BitMap())
UNKNOWN = Outcome(BitMap(), LIVE)
FALSE, MAYBE, TRUE = range(3)
fewer = settings(max_examples=max(100, settings().max_examples // 4))
VALUES = (NOBODY, UNKNOWN, EVERYBODY)


def no(outcome):
    return negated(outcome, LIVE)


@pytest.mark.parametrize(("first", "second"), list(product((FALSE, MAYBE, TRUE), repeat=2)))
def test_the_tables_are_kleenes(first, second):
    assert both(VALUES[first], VALUES[second]) == VALUES[min(first, second)]
    assert either(VALUES[first], VALUES[second]) == VALUES[max(first, second)]
    assert no(VALUES[first]) == VALUES[2 - first]


LAWS = {
    "de morgan, both": lambda a, b, _: no(both(a, b)) == either(no(a), no(b)),
    "de morgan, either": lambda a, b, _: no(either(a, b)) == both(no(a), no(b)),
    "double negation": lambda a, _, __: no(no(a)) == a,
    "both in either order": lambda a, b, _: both(a, b) == both(b, a),
    "either in either order": lambda a, b, _: either(a, b) == either(b, a),
    "both in any grouping": lambda a, b, c: both(a, both(b, c)) == both(both(a, b), c),
    "either in any grouping": lambda a, b, c: either(a, either(b, c)) == either(either(a, b), c),
    "both distributes": lambda a, b, c: both(a, either(b, c)) == either(both(a, b), both(a, c)),
    "either distributes": lambda a, b, c: either(a, both(b, c)) == both(either(a, b), either(a, c)),
    "absorption": lambda a, b, _: both(a, either(a, b)) == a == either(a, both(a, b)),
    "repetition": lambda a, _, __: both(a, a) == a == either(a, a),
    "neutral": lambda a, _, __: both(a, EVERYBODY) == a == either(a, NOBODY),
    "dominant": lambda a, _, __: both(a, NOBODY) == NOBODY and either(a, EVERYBODY) == EVERYBODY,
    "many as two": lambda a, b, c: any_of([a, b, c]) == either(a, either(b, c)),
    "all as two": lambda a, b, c: all_of([a, b, c], LIVE) == both(a, both(b, c)),
    "none of none": lambda _, __, ___: any_of([]) == NOBODY and all_of([], LIVE) == EVERYBODY,
}


@fewer
@given(OUTCOMES, OUTCOMES, OUTCOMES)
def test_the_laws_of_the_logic_hold(a, b, c):
    assert [name for name, holds in LAWS.items() if not holds(a, b, c)] == []


@fewer
@given(OUTCOMES, OUTCOMES)
def test_matched_and_unknown_stay_apart_and_alive(a, b):
    for matched, unknown in (both(a, b), either(a, b), no(a)):
        assert not matched & unknown
        assert matched | unknown <= LIVE


@fewer
@given(OUTCOMES, OUTCOMES)
def test_operands_are_left_as_they_were(a, b):
    before = [BitMap(positions) for positions in (*a, *b)]
    both(a, b), either(a, b), no(a), any_of([a, b]), all_of([a, b], LIVE)
    assert [*a, *b, LIVE] == [*before, BitMap(range(20))]
