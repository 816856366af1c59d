"""What an account would be with other policies: who holds them, and what stays."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.policy.entitlement.estate import EVERYONE, Estate, Holder, Team
from shared.policy.entitlement.policy import Action, Policy, Statement
from shared.policy.entitlement.proposal import Proposal, added, instead
from tests.policy.entitlement.estates import estates, policies

ALL, STAFF, ANN = Holder("group", EVERYONE), Holder("group", "staff"), Holder("user", "ann")
OLD, NEW = Policy("p", ()), Policy("p", (Statement(Action.GRANT, ("consumer",)),))
OTHER = Policy("q", ())
ESTATE = Estate({"p": OLD, "q": OTHER}, {STAFF: ("p", "q")}, teams=(Team("t", "staff"),))
fewer = settings(max_examples=max(50, settings().max_examples // 4))


def test_a_policy_on_top_that_exists_stays_with_those_who_hold_it():
    found = added(ESTATE, [Proposal(NEW), Proposal(Policy("r", ()))])
    assert found.policies == {"p": NEW, "q": OTHER, "r": Policy("r", ())}
    assert found.assigned == {STAFF: ("p", "q"), ALL: ("r",)}
    assert found.teams == ESTATE.teams


def test_a_policy_on_top_can_be_assigned_to_more():
    found = added(ESTATE, [Proposal(NEW, frozenset({ANN})), Proposal(Policy("r", ()), frozenset({ANN}))])
    assert found.assigned == {STAFF: ("p", "q"), ANN: ("p", "r")}


def test_policies_instead_of_all_are_held_by_whom_they_say_or_as_before():
    found = instead(ESTATE, [Proposal(NEW), Proposal(OTHER, frozenset({ANN})), Proposal(Policy("r", ()))])
    assert found.policies == {"p": NEW, "q": OTHER, "r": Policy("r", ())}
    assert found.assigned == {STAFF: ("p",), ANN: ("q",), ALL: ("r",)}
    assert found.teams == ESTATE.teams


@fewer
@given(estates())
def test_what_is_in_force_on_top_of_itself_changes_nothing(estate):
    held = {policy for each in estate.assigned.values() for policy in each}
    again = added(estate, [Proposal(policy) for policy in estate.policies.values() if policy.id in held])
    assert again == estate


@fewer
@given(estates(), st.lists(policies, unique_by=lambda policy: policy.id))
def test_policies_on_top_leave_the_others_as_they_were(estate, given_policies):
    names = {policy.id for policy in given_policies}
    found = added(estate, [Proposal(policy) for policy in given_policies])
    for holder, held in estate.assigned.items():
        assert set(held) <= set(found.assigned[holder])
    assert {name: each for name, each in found.policies.items() if name not in names} == {
        name: each for name, each in estate.policies.items() if name not in names
    }
