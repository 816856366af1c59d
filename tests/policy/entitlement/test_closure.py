"""What a principal has of an estate, against trying every path; groups in circles end."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.entitlement import defaults
from shared.policy.entitlement.closure import groups_of, held, reach
from shared.policy.entitlement.estate import EVERYONE, Estate, Holder, Team
from shared.policy.entitlement.holding import ByGroup, ByTeam, Directly, Held, TeamRole
from shared.policy.entitlement.policy import Policy
from shared.policy.entitlement.principal import Principal
from shared.policy.entitlement.resource import Resource
from tests.effort import within
from tests.policy.entitlement import reference
from tests.policy.entitlement.estates import NODE, estates, grants, groups, memberships, principals

ANN = Holder("user", "ann")


def several(has):
    """All of it, whatever its order."""
    return [sorted(map(msgspec.json.encode, part)) for part in (has.holdings, has.grants, has.team_roles)]


@given(estates(), principals, memberships, grants)
def test_what_a_principal_has_agrees(estate, who, names, granted):
    granted = {NODE: granted, "node://p/b": granted[:1]}
    expected = reference.given(estate, *who, names, granted)
    assert several(held(estate, who, names, granted)) == several(expected)


@given(estates(), st.lists(groups, max_size=3))
def test_the_path_to_a_group_is_the_first_of_the_shortest(estate, starts):
    shortest = {}
    for path in reference.paths(estate, set(starts)):
        shortest.setdefault(path[-1], path)
    assert reach(estate, starts) == shortest


def test_a_user_is_in_everyone_and_a_group_is_not():
    estate = Estate(
        groups={"staff": "g"}, assigned={Holder("group", EVERYONE): ("p",)}, policies={"p": Policy("p", ())}
    )
    assert groups_of(estate, ANN, ["staff", "nothing"]) == {EVERYONE: (EVERYONE,), "g": ("g",)}
    (holding,) = held(estate, ANN, (), {}).holdings
    assert holding.source == ByGroup((EVERYONE,))
    assert held(estate, Holder("group", "g"), (), {}) == Held()


def test_a_member_of_a_team_is_so_by_the_groups_that_lead_to_its_own():
    estate = Estate(
        parents={"inner": ("members",)},
        groups={"inner": "inner", "members": "members"},
        teams=(Team("t", "members", ("editor",), ("project", "x")),),
    )
    assert held(estate, ANN, ["members"], {}).team_roles == (
        TeamRole("editor", ByTeam("t", (), "x"), ("project", "x")),
    )
    assert held(estate, ANN, ["inner"], {}).team_roles[0].source == ByTeam("t", ("inner",), "x")
    assert held(estate, Holder("group", "inner"), (), {}).team_roles[0].source == ByTeam("t", (), "x")


def test_the_nearest_way_comes_first():
    policy = Policy("p", ())
    assigned = dict.fromkeys((Holder("group", "far"), Holder("group", "near"), ANN), ("p",))
    estate = Estate({"p": policy}, assigned, {"near": ("far",)}, {"near": "near", "far": "far"})
    sources = [holding.source for holding in held(estate, ANN, ["near"], {}).holdings]
    assert sources == [Directly(), ByGroup(("near",)), ByGroup(("near", "far"))]


def test_a_circle_of_many_groups_ends():
    ring = [f"g{number:04}" for number in range(1000)]
    parents = {group: (ring[number - 1], ring[number - 2]) for number, group in enumerate(ring)}
    with within(1):
        assert len(reach(Estate(parents=parents), ring[:1])) == len(ring)


def test_what_is_held_far_up_is_found_without_the_way_to_all_that_is_below() -> None:
    parents = {f"g{number:05}": (f"g{number + 1:05}",) for number in range(10_000)}
    top = Holder("group", "g10000")
    estate = Estate({"p": Policy("p", ())}, {top: ("p",)}, parents, {"g00000": "g00000"})
    with within(0.2):
        (holding,) = held(estate, ANN, ["g00000"], {}).holdings
    assert len(holding.source.path) == 10_001


@pytest.mark.parametrize(
    ("resource", "role", "allowed"),
    [
        (Resource("platform://p", "platform", "p"), "connector", True),
        (Resource("platform://p", "platform", "p"), "consumer", False),
        (Resource("user://p/default/bob", "user", "bob"), "consumer", True),
        (Resource("user://p/default/bob", "user", "bob"), "manager", False),
        (Resource("USER://p/default/ANN", "USER", "ANN"), "manager", True),
        (Resource("group://p/default/g", "group", "g"), "consumer", True),
        (Resource("group://p/default/ann", "group", "ann"), "manager", False),
        (Resource("node://p/n", "node", "n"), "connector", False),
        (Resource("user://p/default/", "user", None), "manager", False),
    ],
)
def test_some_grants_stand_without_being_recorded(resource, role, allowed):
    granted = {resource.reference: list(defaults.standing(resource))}
    principal = Principal(held(Estate(), ANN, (), granted), Estate().roles)
    assert principal.authority(role, resource).allowed is allowed
