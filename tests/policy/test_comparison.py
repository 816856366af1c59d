"""Comparing tests: as a diff of the two lists of users says, the mirror of itself, empty with itself."""

from collections import Counter

import pytest
from hypothesis import given, settings

from shared.policy import comparison
from shared.policy.comparison import Change, Transition
from shared.policy.screening import reasons
from shared.policy.screening.judge import Judge
from shared.policy.verdicts import NOBODY
from tests.policy import engine
from tests.policy.strategies import directories, plans

SOME = settings(max_examples=max(100, settings().max_examples // 10))
WORDS = {"approved": "approved", "blocked": "blocked", "errored": "error", None: "absent"}
MIRRORED = {
    **{change: change for change in Change},
    Change.GAINED: Change.LOST,
    Change.LOST: Change.GAINED,
    Change.DECIDED: Change.UNDECIDED,
    Change.UNDECIDED: Change.DECIDED,
    Change.JOINED: Change.LEFT,
    Change.LEFT: Change.JOINED,
}


def compared(plan, directory, other_plan, other_directory):
    first, second = engine.judged(plan, directory), engine.judged(other_plan, other_directory)
    return {
        segment: comparison.transitions(first.get(segment, NOBODY), second.get(segment, NOBODY))
        for segment in {*first, *second}
    }


def counted(found):
    return +Counter(
        {
            change: sum(len(each.get(change, ())) for each in map(comparison.changes, found.values()))
            for change in Change
        }
    )


@SOME
@given(plans(), directories(), plans(), directories())
def test_a_comparison_is_a_diff_of_the_two_lists(plan, directory, other_plan, other_directory):
    before, after = engine.verdicts(plan, directory), engine.verdicts(other_plan, other_directory)
    expected = {
        ordinal: Transition(WORDS[before.get(ordinal)], WORDS[after.get(ordinal)])
        for ordinal in {*before, *after}
    }
    found = {
        (segment << engine.BITS) + position: transition
        for segment, parts in compared(plan, directory, other_plan, other_directory).items()
        for transition, positions in parts.items()
        for position in positions
    }
    assert found == expected


@SOME
@given(plans(), directories(), plans(), directories())
def test_the_other_way_round_it_is_the_mirror(plan, directory, other_plan, other_directory):
    there = counted(compared(plan, directory, other_plan, other_directory))
    back = counted(compared(other_plan, other_directory, plan, directory))
    assert {MIRRORED[change]: number for change, number in there.items()} == back


@SOME
@given(plans(), directories(), plans(), directories())
def test_a_balance_is_the_numbers_of_the_changes(plan, directory, other_plan, other_directory):
    first, second = engine.judged(plan, directory), engine.judged(other_plan, other_directory)
    both = [(first.get(each, NOBODY), second.get(each, NOBODY)) for each in {*first, *second}]
    found = counted(compared(plan, directory, other_plan, other_directory))
    assert comparison.balance(both)._asdict() == {change.value: found[change] for change in Change}


@SOME
@given(plans(), directories())
def test_with_itself_nothing_changes(plan, directory):
    assert set(counted(compared(plan, directory, plan, directory))) <= {Change.UNCHANGED}
    for facts in engine.facts(plan, directory).values():
        why = reasons.partition(Judge(plan), facts)
        assert comparison.moved(why, why) == {}


@SOME
@given(plans(), plans(), directories())
def test_reasons_move_for_as_many_as_have_another_one(plan, other_plan, directory):
    mine, theirs = engine.facts(plan, directory), engine.facts(other_plan, directory)
    for segment in mine:
        was = reasons.partition(Judge(plan), mine[segment])
        is_now = reasons.partition(Judge(other_plan), theirs[segment])
        by_user = [
            {position: why for why, positions in parts.items() for position in positions}
            for parts in (was, is_now)
        ]
        expected = Counter((by_user[0][each], by_user[1][each]) for each in by_user[0])
        assert comparison.moved(was, is_now) == {
            pair: number for pair, number in expected.items() if pair[0] != pair[1]
        }


CHANGES = {
    ("blocked", "approved"): Change.GAINED,
    ("approved", "blocked"): Change.LOST,
    ("approved", "error"): Change.UNDECIDED,
    ("blocked", "error"): Change.UNDECIDED,
    ("error", "approved"): Change.DECIDED,
    ("error", "blocked"): Change.DECIDED,
    ("error", "error"): Change.UNCHANGED,
    ("absent", "approved"): Change.JOINED,
    ("error", "absent"): Change.LEFT,
}


@pytest.mark.parametrize("pair", CHANGES, ids=" to ".join)
def test_a_transition_has_a_name(pair):
    assert Transition(*pair).change is CHANGES[pair]
