import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.screening.tally import Tally, percent_processed, shares

COUNTS = st.integers(0, 10**9) | st.integers(0, 5)
TALLIES = st.builds(Tally, COUNTS, COUNTS, COUNTS)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0), (0, 0, 0)),
        ((1, 1, 1), (33, 33, 34)),
        ((1, 1, 0), (50, 50, 0)),
        ((1, 199, 0), (0, 100, 0)),
        ((99_999, 1, 0), (100, 0, 0)),
        ((99_999, 0, 1), (100, 0, 0)),
        ((1, 7, 0), (12, 88, 0)),
        ((7, 0, 1), (87, 0, 13)),
        ((0, 7, 1), (0, 87, 13)),
        ((0, 0, 3), (0, 0, 100)),
    ],
)
def test_shares_are_by_largest_remainder_and_ties_never_flatter(counts, expected):
    assert shares(Tally(*counts)) == expected


@given(TALLIES)
def test_shares_sum_to_100_or_are_all_0(tally):
    assert sum(shares(tally)) == (100 if tally.processed else 0)


@given(TALLIES)
def test_a_share_is_off_by_less_than_one_percent(tally):
    counts = (tally.approved, tally.blocked, tally.errored)
    for count, share in zip(counts, shares(tally), strict=True):
        assert abs(100 * count - share * tally.processed) < max(1, tally.processed)


@given(TALLIES, st.integers(0, 10**9))
def test_progress_is_rounded_down_and_100_only_when_complete(tally, waiting):
    total = tally.processed + waiting
    assert percent_processed(tally, total, complete=True) == 100
    percent = percent_processed(tally, total, complete=False)
    assert percent < 100
    assert percent == min(99, 100 * tally.processed // total if total else 0)
