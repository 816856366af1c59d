"""Reasons part the users exactly, agree with the verdicts, and are those that a plain reading gives."""

from collections import Counter

from hypothesis import given, settings
from pyroaring import BitMap

from shared.directory.identity import Identity
from shared.policy.screening import reasons
from shared.policy.screening.judge import Judge
from tests.policy import engine
from tests.policy.reasoning import reason
from tests.policy.reference import Person
from tests.policy.strategies import directories, plans

MANY = settings(max_examples=max(200, settings().max_examples // 4))


@MANY
@given(plans(), directories())
def test_each_user_has_the_reason_of_a_plain_reading(plan, directory):
    expected = {ordinal: reason(plan, *user) for ordinal, user in directory.items()}
    found = {}
    for segment, facts in engine.facts(plan, directory).items():
        for each, positions in reasons.partition(Judge(plan), facts).items():
            found |= {(segment << engine.BITS) + position: each for position in positions}
    assert found == expected


@MANY
@given(plans(), directories())
def test_reasons_part_the_users_as_the_verdicts_do(plan, directory):
    for facts in engine.facts(plan, directory).values():
        parts = reasons.partition(Judge(plan), facts)
        assert sum(map(len, parts.values())) == len(facts.live)
        assert all(parts.values())
        by_status = {status: BitMap() for status in ("approved", "blocked", "error")}
        for each, positions in parts.items():
            by_status[each.status] |= positions
        assert tuple(by_status.values()) == tuple(Judge(plan).verdicts(facts))


@MANY
@given(plans(), directories())
def test_coverage_counts_each_rule_as_a_plain_reading_does(plan, directory):
    found = Counter()
    for facts in engine.facts(plan, directory).values():
        for where, (matched, unknown) in reasons.coverage(Judge(plan), facts).items():
            found[where, True] += matched
            found[where, None] += unknown
    expected = Counter()
    people = [
        Person(plan, address, last or Identity(), last is not None) for address, last in directory.values()
    ]
    for index, policy in enumerate(plan.policies):
        for part, number, rule in reasons.placed_rules(policy.criteria):
            for fact in (True, None):
                expected[(index, part, number), fact] = sum(each.fits(rule) is fact for each in people)
    assert +found == +expected


def test_a_pointer_leads_into_the_source():
    assert reasons.Reason("blocked", reasons.Code.NOT_INCLUDED, 2, "include").pointer == "/policies/2/include"
    assert reasons.Reason("error", reasons.Code.UNKNOWN, 0, "require", 1).pointer == "/policies/0/require/1"
    assert reasons.Reason("blocked", reasons.Code.NO_POLICY).pointer is None
