"""Whatever a finding claims of the rules alone is so of every user of every directory."""

from collections import Counter

from hypothesis import event, given, settings

from shared.policy.screening import reasons
from shared.policy.screening.judge import Judge
from shared.policy.screening.lint.evidence import Run, shown
from shared.policy.screening.lint.findings import Code
from shared.policy.screening.lint.linter import lint
from shared.policy.screening.lint.machines import is_machine
from shared.policy.screening.reasons import Code as Why
from tests.policy import engine
from tests.policy.findings import (
    EVERYONE,
    IDLE_INCLUDES,
    NEVER_DECIDES,
    NEVER_MATCHES,
    NO_EFFECT,
    NOBODY,
    criteria_at,
    lets_through,
    person,
    plans,
    rule_at,
    without,
)
from tests.policy.reasoning import reason
from tests.policy.reference import verdict
from tests.policy.strategies import directories
from tests.policy.strategies import plans as any_plans

MANY = settings(max_examples=max(300, settings().max_examples))
EITHER = any_plans() | plans() | plans() | plans()


def of(found, codes):
    return [each for each in found if each.code in codes]


@MANY
@given(EITHER, directories())
def test_what_can_never_match_matches_nobody(plan, directory):
    people, found = [person(plan, *user) for user in directory.values()], lint(plan)
    for each in of(found, NEVER_MATCHES):
        event(each.code.value)
        criteria = criteria_at(plan, each.place)
        assert True not in [who.meets(criteria) for who in people]
    for each in of(found, IDLE_INCLUDES):
        event(each.code.value)
        criteria, rule = criteria_at(plan, each.place), rule_at(plan, each.place)
        assert not any(lets_through(who, criteria, rule) for who in people)
    for each in of(found, NOBODY):
        event(each.code.value)
        assert True not in [who.fits(rule_at(plan, each.place)) for who in people]


@MANY
@given(EITHER, directories())
def test_what_never_decides_is_nobodys_reason(plan, directory):
    found = lint(plan)
    policies = {each.place.key for each in of(found, NEVER_DECIDES)}
    rules = {each.place for each in of(found, {Code.RULE_SHADOWED})}
    verdicts = set()
    for user in directory.values():
        why = reason(plan, *user)
        verdicts.add(why.status)
        if why.code is Why.MATCHED:
            assert why.policy not in policies
            assert not any((place.key, place.part, place.rule) == why.where for place in rules)
    if of(found, {Code.NOBODY_APPROVED}):
        event("nobody approved")
        assert "approved" not in verdicts


@MANY
@given(EITHER, directories())
def test_what_has_no_effect_can_go_all_at_once(plan, directory):
    idle = of(lint(plan), NO_EFFECT)
    smaller = without(plan, idle)
    for user in directory.values() if idle else ():
        assert verdict(smaller, *user) == verdict(plan, *user)


@MANY
@given(plans(), directories())
def test_everyone_is_everyone_who_is_not_excluded(plan, directory):
    for each in of(lint(plan), EVERYONE):
        criteria = criteria_at(plan, each.place)
        for user in directory.values():
            who = person(plan, *user)
            assert lets_through(who, criteria, rule_at(plan, each.place)) or any(
                who.fits(rule) is not False for rule in criteria.exclude
            )


@MANY
@given(EITHER)
def test_each_finding_has_a_place_of_its_own(plan):
    found = lint(plan)
    assert len({(each.code, each.place, each.related) for each in found}) == len(found)
    for each in found:
        for place in (each.place, *each.related):
            assert place.key is None or criteria_at(plan, place)
            assert place.part is None or rule_at(plan, place)
        assert each.sentence.endswith(".")


def run_of(plan, directory):
    """What a run comes to, as the gateway adds it up."""
    covered, counts = Counter(), Counter()
    unknown = Counter()
    for facts in engine.facts(plan, directory).values():
        for where, said in reasons.coverage(Judge(plan), facts).items():
            covered[where] += said.matched
            unknown[where] += said.unknown
        parts = reasons.partition(Judge(plan), facts)
        counts.update({why: len(positions) for why, positions in parts.items()})
    coverage = {where: reasons.Coverage(covered[where], unknown[where]) for where in covered}
    return Run(len(directory), coverage, counts)


@MANY
@given(EITHER, directories())
def test_what_a_run_shows_is_so_of_its_users(plan, directory):
    people = [person(plan, *user) for user in directory.values()]
    whys = [reason(plan, *user) for user in directory.values()]
    deciding = [each for each in whys if each.code in (Why.MATCHED, Why.UNKNOWN)]
    for each in shown(plan, run_of(plan, directory), lint(plan)):
        event(each.code.value)
        place = each.place
        said = [] if place.part is None else [who.fits(rule_at(plan, place)) for who in people]
        where = (place.key, place.part, place.rule)
        match each.code:
            case Code.RUN_APPROVED_NOBODY:
                assert "approved" not in {why.status for why in whys}
            case Code.POLICY_NOT_REACHED | Code.POLICY_DECIDED_NOBODY:
                assert place.key not in {why.policy for why in deciding}
            case Code.FACT_NOT_RECORDED:
                assert set(said) == {None}
            case Code.RULE_MATCHED_NOBODY | Code.GROUP_WITHOUT_USERS:
                assert set(said) == {False}
            case _:
                assert each.code is Code.RULE_DECIDED_NOBODY
                assert where not in {why.where for why in deciding}
                assert {True, None} & set(said)


@MANY
@given(EITHER, directories())
def test_no_idle_policy_is_left_out_and_no_place_named_twice(plan, directory):
    known = lint(plan)
    found = shown(plan, run_of(plan, directory), known)
    whys = [reason(plan, *user) for user in directory.values()]
    deciding = {why.policy for why in whys if why.code in (Why.MATCHED, Why.UNKNOWN)}
    said = {each.place.key for each in [*found, *known] if each.place.root == "policies"}
    for index, policy in enumerate(plan.policies):
        included = policy.criteria.include
        machines = included and all(is_machine(rule, plan) for rule in included)
        assert index in deciding or index in said or machines
    places = [each.place for each in found]
    assert len(set(places)) == len(places)
