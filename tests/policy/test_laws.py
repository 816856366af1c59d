"""What holds of every plan and every directory, whatever the rules say."""

from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pyroaring import BitMap

from shared.directory.identity import Identity
from shared.directory.network import parse_address
from shared.policy.plan import Plan
from shared.policy.rules.people import Email, Everyone
from shared.policy.rules.place import Ip
from shared.policy.rules.references import EmailList, Group, IpList
from shared.policy.screening.policy import Criteria, Decision, Policy
from tests.policy.engine import BITS, facts, judged, verdicts
from tests.policy.strategies import (
    ADDRESSES,
    FIELDS,
    IDENTITIES,
    RULES,
    SEEDS,
    directories,
    identity,
    plans,
)

APPROVING = (Decision.ALLOW, Decision.BYPASS, Decision.NON_IDENTITY)
RANKS = ("blocked", "errored", "approved")
fewer = settings(max_examples=max(40, settings().max_examples // 20))


def ranks(plan, directory):
    return {ordinal: RANKS.index(verdict) for ordinal, verdict in verdicts(plan, directory).items()}


def changed(plan, which, **parts):
    """The plan with parts of one policy's criteria made anew, each by a function of what it was."""
    policies = list(plan.policies)
    criteria = policies[which].criteria
    made = {part: tuple(make(getattr(criteria, part))) for part, make in parts.items()}
    policies[which] = replace(policies[which], criteria=replace(criteria, **made))
    return replace(plan, policies=tuple(policies))


@fewer
@given(plans(), directories())
def test_verdicts_are_a_partition_of_the_users(plan, directory):
    for segment, (approved, blocked, errored) in judged(plan, directory).items():
        live = BitMap(ordinal & 15 for ordinal in directory if ordinal >> BITS == segment)
        assert len(approved) + len(blocked) + len(errored) == len(live)
        assert approved | blocked | errored == live


@fewer
@given(directories())
def test_without_policies_everybody_is_blocked(directory):
    assert set(verdicts(Plan(()), directory).values()) == {"blocked"}


@fewer
@given(plans(), directories())
def test_a_policy_that_includes_nobody_changes_nothing(plan, directory):
    empty = Policy("p", Decision.ALLOW, Criteria((), (), (Everyone(),)))
    for policies in ((empty, *plan.policies), (*plan.policies, empty)):
        assert verdicts(replace(plan, policies=policies), directory) == verdicts(plan, directory)


@fewer
@given(plans(), directories())
def test_whoever_is_excluded_is_not_included(plan, directory):
    policy = replace(plan.policies[0], decision=Decision.ALLOW)
    plan = changed(replace(plan, policies=(policy,)), 0, exclude=lambda was: (*was, *policy.criteria.include))
    assert "approved" not in verdicts(plan, directory).values()


@fewer
@given(plans((Decision.DENY,)), directories())
def test_plans_that_only_deny_let_nobody_in(plan, directory):
    assert set(verdicts(plan, directory).values()) == {"blocked"}


@fewer
@given(plans(APPROVING), directories(), RULES)
def test_one_more_include_takes_nobody_further_out(plan, directory, rule):
    """Where all policies approve; in the order blocked, errored, approved."""
    before = ranks(plan, directory)
    after = ranks(changed(plan, 0, include=lambda was: (*was, rule)), directory)
    assert all(before[ordinal] <= after[ordinal] for ordinal in directory)


@fewer
@pytest.mark.parametrize("part", ["require", "exclude"])
@given(plan=plans(APPROVING), directory=directories(), rule=RULES)
def test_one_more_require_or_exclude_takes_nobody_further_in(part, plan, directory, rule):
    before = ranks(plan, directory)
    after = ranks(changed(plan, 0, **{part: lambda was: (*was, rule)}), directory)
    assert all(after[ordinal] <= before[ordinal] for ordinal in directory)


@fewer
@given(plans(), directories(), st.randoms(use_true_random=False))
def test_order_and_repetition_within_a_part_say_nothing(plan, directory, source):
    def disordered(rules):
        return source.sample([*rules, *rules], 2 * len(rules))

    parts = dict.fromkeys(("include", "exclude", "require"), disordered)
    assert verdicts(changed(plan, 0, **parts), directory) == verdicts(plan, directory)


@fewer
@given(plans(), directories())
def test_policies_before_login_may_stand_anywhere(plan, directory):
    late = [policy for policy in plan.policies if not policy.decision.before_login]
    early = [policy for policy in plan.policies if policy.decision.before_login]
    moved = replace(plan, policies=(*late, *early))
    assert verdicts(moved, directory) == verdicts(plan, directory)


@fewer
@given(plans(), directories(), IDENTITIES)
def test_one_more_user_changes_nobody_elses_verdict(plan, directory, newcomer):
    larger = directory | {5000: (ADDRESSES[-1], newcomer), 3 << BITS: ("new@a.example", newcomer)} | directory
    after = verdicts(plan, larger)
    assert {ordinal: after[ordinal] for ordinal in directory} == verdicts(plan, directory)


@fewer
@given(plans(), directories(), st.integers(1, 100))
def test_verdicts_do_not_depend_on_the_numbering_of_users(plan, directory, step):
    renumbered = {1000 - ordinal + step: user for ordinal, user in directory.items()}
    after = verdicts(plan, renumbered)
    assert {1000 - ordinal + step: verdict for ordinal, verdict in after.items()} == verdicts(plan, directory)


def renamed(plan):
    """The plan with other ids for what it refers to."""

    def rules(given):
        return tuple(
            type(rule)(f"new {rule.id}") if isinstance(rule, Group | EmailList | IpList) else rule
            for rule in given
        )

    def criteria(was):
        return Criteria(rules(was.include), rules(was.exclude), rules(was.require))

    def held(by_id, make=lambda was: was):
        return {f"new {name}": make(was) for name, was in by_id.items()}

    policies = tuple(replace(policy, criteria=criteria(policy.criteria)) for policy in plan.policies)
    return Plan(policies, held(plan.groups, criteria), held(plan.email_lists), held(plan.ip_lists))


@fewer
@given(plans(), directories())
def test_ids_of_groups_and_lists_are_names_only(plan, directory):
    assert verdicts(renamed(plan), directory) == verdicts(plan, directory)


def recorded(name, value):
    if name == "ip":
        return value is not None and parse_address(value) is not None
    return value is not None and {"idp": "id", "geo": "country"}.get(name) not in [
        field for field in ("id", "country") if getattr(value, field, "") is None
    ]


def filled(known, seed):
    """The login with everything recorded that was not; what was recorded stays."""
    source = Random(seed)
    if known is None:
        return filled(identity(seed) or Identity(risk_score="high"), seed)
    settled = {"risk_score": known.risk_score}  # none is a level of its own
    for name, make in FIELDS.items():
        value = getattr(known, name)
        settled.setdefault(name, value if recorded(name, value) else make(source))
    return Identity(**settled)


@fewer
@given(plans(), directories(), SEEDS)
def test_a_verdict_stands_whatever_the_unknown_turns_out_to_be(plan, directory, seed):
    better = {
        ordinal: (address, filled(known, seed + ordinal)) for ordinal, (address, known) in directory.items()
    }
    before, after = verdicts(plan, directory), verdicts(plan, better)
    definite = {ordinal: verdict for ordinal, verdict in before.items() if verdict != "errored"}
    assert {ordinal: after[ordinal] for ordinal in definite} == definite


@fewer
@given(plans(), directories())
def test_live_users_are_in_the_facts_of_any_plan(plan, directory):
    live = [(segment << BITS) + p for segment, found in facts(plan, directory).items() for p in found.live]
    assert sorted(live) == sorted(directory)


@fewer
@given(plans(), directories(), st.data())
def test_a_group_is_its_criteria_written_into_a_policy(plan, directory, data):
    assume(plan.groups)
    name = data.draw(st.sampled_from(sorted(plan.groups)))
    which = data.draw(st.integers(0, len(plan.policies) - 1))
    named = changed(plan, which, include=lambda _: [Group(name)], exclude=lambda _: (), require=lambda _: ())
    criteria = plan.groups[name]
    parts = {part: lambda _, part=part: getattr(criteria, part) for part in ("include", "exclude", "require")}
    assert verdicts(named, directory) == verdicts(changed(plan, which, **parts), directory)


def itemised(plan):
    """The plan with a group of single addresses or networks in the place of each list."""

    def rules(given):
        kinds = {EmailList: "emails of ", IpList: "networks of "}
        return tuple(Group(kinds[type(rule)] + rule.id) if type(rule) in kinds else rule for rule in given)

    def criteria(was):
        return Criteria(rules(was.include), rules(was.exclude), rules(was.require))

    groups = {name: criteria(was) for name, was in plan.groups.items()}
    for name, addresses in plan.email_lists.items():
        groups[f"emails of {name}"] = Criteria(tuple(map(Email, addresses)))
    for name, networks in plan.ip_lists.items():
        groups[f"networks of {name}"] = Criteria(tuple(map(Ip, networks)))
    policies = tuple(replace(policy, criteria=criteria(policy.criteria)) for policy in plan.policies)
    return Plan(policies, groups)


@fewer
@given(plans(), directories())
def test_a_list_is_any_of_its_entries(plan, directory):
    assert verdicts(itemised(plan), directory) == verdicts(plan, directory)
