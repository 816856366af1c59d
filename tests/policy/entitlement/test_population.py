"""Everybody at once, by sets, against everybody one after another."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.directory import attributes
from shared.directory.movement import Movement
from shared.policy import plans
from shared.policy.entitlement import closure, defaults
from shared.policy.entitlement.compilation import Asked, compiled
from shared.policy.entitlement.estate import EVERYONE, Estate, Granted, Holder, Team
from shared.policy.entitlement.policy import Action, Policy, Scope, Statement
from shared.policy.entitlement.population import FORM, Holders, Population, Turn
from shared.policy.entitlement.principal import Principal
from shared.policy.entitlement.resource import Container, Resource
from shared.policy.entitlement.roles import STANDARD, Roles
from shared.policy.facts import Facts
from shared.policy.plan import Plan
from tests.policy.entitlement import reference
from tests.policy.entitlement.estates import (
    NODE,
    ROLES,
    USERS,
    Member,
    directories,
    estates,
    granted,
    grants,
    resources,
)
from tests.policy.entitlement.strategies import CUSTOM

BITS = 1
PAGE = Resource(NODE, "node", "a")
QUESTIONS = [Asked(permission=each) for each in ("READ", "update", "CONNECT")]
QUESTIONS += [Asked(authority=each) for each in ("consumer", "Auditor", "unheard-of")]


def population(*arguments):
    return compiled(*arguments).plan


fewer = settings(max_examples=max(50, settings().max_examples // 4))


def facts(plan, directory):
    """What a worker fetches of each segment: the postings that the plan needs, and no other."""
    movement, (_, named) = Movement(BITS), plans.named(plan)
    for ordinal, member in enumerate(directory):
        movement.enter(ordinal, f"{member.id}@a.example", None, member.groups)
    postings, wanted = defaultdict(dict), plans.ready(plan).terms
    for (attribute, value, segment), difference in movement.differences().items():
        if (attribute, value) in wanted:
            postings[segment][attribute, value] = difference.applied(b"")
    positions = defaultdict(dict)
    for ordinal, member in enumerate(directory):
        if member.id in named:
            positions[ordinal >> BITS][member.id] = ordinal & ((1 << BITS) - 1)
    return {segment: Facts(held, positions[segment]) for segment, held in postings.items()}


def holders_of(plan, directory):
    """The ids of those who have it by a plan, which goes through JSON as it does to a worker."""
    plan = plans.decode(plans.encode(plan))
    found, everybody = set(), 0
    for segment, known in facts(plan, directory).items():
        approved, blocked, errored = plans.ready(plan).applied.verdicts(known)
        assert not errored
        assert not approved & blocked
        assert approved | blocked == known.live
        everybody += len(known.live)
        found |= {directory[(segment << BITS) + position].id for position in approved}
    assert everybody == len(directory)
    return found


def asked_of(asked, principal, resource):
    if asked.permission is not None:
        return principal.permission(asked.permission, resource).allowed
    return principal.authority(asked.authority, resource).allowed


def naively(asked, has, resource):
    if asked.permission is not None:
        return asked.permission.upper() in reference.permissions(has, resource, {**STANDARD, **CUSTOM})
    return asked.authority.lower() in reference.authorities(has, resource)


@given(estates(), directories, resources, grants)
def test_everybody_at_once_agrees_with_one_after_another(estate, directory, resource, recorded):
    there = {NODE: [*recorded, *defaults.standing(resource)]}
    has = {each.id: reference.given(estate, "user", *each, there) for each in directory}
    principals = {
        each.id: Principal(closure.held(estate, Holder("user", each.id), each.groups, there), estate.roles)
        for each in directory
    }
    for asked in QUESTIONS:
        found = holders_of(population(estate, resource, there[NODE], asked), directory)
        assert found == {each for each, one in principals.items() if asked_of(asked, one, resource)}
        assert found == {each for each, one in has.items() if naively(asked, one, resource)}


@given(estates(), directories, resources, grants, granted)
def test_a_grant_only_adds(estate, directory, resource, recorded, added):
    for asked in QUESTIONS:
        before = population(estate, resource, recorded, asked)
        after = population(estate, resource, [*recorded, added], asked)
        assert holders_of(before, directory) <= holders_of(after, directory)


def ruled(estate, *statements):
    """The estate with one more policy, which everyone holds and which counts last."""
    assigned = {**estate.assigned, Holder("group", EVERYONE): ("last",)}
    return replace(
        estate, policies={**estate.policies, "last": Policy("last", statements, 9)}, assigned=assigned
    )


@fewer
@given(estates(), directories, resources, st.sampled_from(QUESTIONS))
def test_a_policy_of_everyone_at_the_end_decides_alone(estate, directory, resource, asked):
    nobody = ruled(estate, Statement(Action.REVOKE, tuple(ROLES)))
    assert holders_of(population(nobody, resource, [], asked), directory) == set()
    everybody = ruled(estate, Statement(Action.GRANT, ("connector", *ROLES)))
    plan = population(everybody, resource, [], asked)
    assert holders_of(plan, directory) == {member.id for member in directory}
    assert plans.ready(plan).terms == {attributes.LIVE}


def estate_of(*actions, holders=("everyone", "g")):
    given_policies = [
        Policy(f"p{number}", (Statement(action, ("consumer",)),), number)
        for number, action in enumerate(actions)
    ]
    assigned = defaultdict(tuple)
    for policy, group in zip(given_policies, holders, strict=True):
        assigned[Holder("group", group)] += (policy.id,)
    return Estate(
        {policy.id: policy for policy in given_policies}, assigned, {"h": ("g",)}, {"a": "g", "b": "h"}
    )


def test_a_plan_holds_what_counts_and_no_more():
    plan = population(estate_of(Action.GRANT, Action.REVOKE), PAGE, [], Asked(permission="READ"))
    assert plan == Population(
        holders=(Holders(everyone=True), Holders(groups=("a", "b"))),
        wanted=((Turn(0, True), Turn(1, False)),),
    )
    backwards = estate_of(Action.REVOKE, Action.GRANT, holders=("g", "everyone"))
    plan = population(backwards, PAGE, [], Asked(permission="READ"))
    assert plan == Population(holders=(Holders(everyone=True),), wanted=((Turn(0, True),),))
    between = estate_of(Action.GRANT, Action.REVOKE, Action.GRANT, holders=("g", "h", "everyone"))
    assert population(between, PAGE, [], Asked(permission="READ")) == plan


def test_the_policies_that_say_anything_of_it_are_told_in_their_order():
    three = estate_of(Action.REVOKE, Action.GRANT, Action.GRANT, holders=("g", "h", "everyone"))
    assert compiled(three, PAGE, [], Asked(permission="UPDATE")).policies == ()
    assert compiled(three, PAGE, [], Asked(permission="READ")).policies == ("p0", "p1", "p2")
    first = replace(three.policies["p0"], order=5)
    three = replace(three, policies={**three.policies, "p0": first})
    assert compiled(three, PAGE, [], Asked(permission="READ")).policies == ("p1", "p2", "p0")


def test_who_has_no_role_that_connects_has_nothing_else_either():
    roles = Roles({"auditor": ["READ"]})
    directory = [Member(each, ()) for each in USERS]
    both = [Granted(str(n), "auditor", Holder("user", each)) for n, each in enumerate(USERS[:3])]
    both += [Granted(str(n), "connector", Holder("user", each)) for n, each in enumerate(USERS[1:])]
    for asked, expected in (("READ", USERS[1:3]), ("CONNECT", USERS[1:]), ("UPDATE", [])):
        plan = population(Estate(roles=roles), PAGE, both, Asked(permission=asked))
        assert holders_of(plan, directory) == {*expected}
    plan = population(Estate(roles=roles), PAGE, both, Asked(authority="auditor"))
    assert holders_of(plan, directory) == {*USERS[:3]}


def test_what_gives_the_same_many_times_is_one_turn():
    given_grants = [Granted(str(number), "editor", Holder("user", str(number))) for number in range(50)]
    plan = population(Estate(), PAGE, given_grants, Asked(authority="editor"))
    assert len(plan.wanted) == len(plan.wanted[0]) == len(plan.holders) == 1


def test_a_policy_for_projects_counts_for_a_team_in_its_own_project_alone():
    policy = Policy("p", (Statement(Action.GRANT, ("consumer",)),), scope=Scope.PROJECT)
    teams = (Team("t", "members", (), ("project", "x")), Team("u", "others"))
    assigned = {Holder("team", "t"): ("p",), Holder("team", "u"): ("p",)}
    names = {"members": "members", "others": "others"}
    estate = Estate({"p": policy}, assigned, groups=names, teams=teams)
    directory = [Member("1", ("members",)), Member("2", ("others",)), Member("3", ())]
    inside = {store: replace(PAGE, containers=(Container("project", store),)) for store in ("x", "y")}
    for resource, expected in ((PAGE, set()), (inside["x"], {"1", "2"}), (inside["y"], {"2"})):
        plan = population(estate, resource, [], Asked(permission="READ"))
        assert holders_of(plan, directory) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (b'{"policies":[],"groups":{},"email_lists":{},"ip_lists":{},"names":{},"form":1}', Plan),
        (b'{"kind":"entitlement","holders":[],"wanted":[],"connecting":null,"form":1}', Population),
    ],
)
def test_a_stored_plan_is_of_the_kind_it_says_or_of_screening(text, kind):
    plan = plans.decode(text)
    assert isinstance(plan, kind)
    assert plans.encode(plan) == text


def test_a_plan_that_was_stored_without_names_is_the_same_plan():
    assert plans.decode(b'{"policies":[],"groups":{},"email_lists":{},"ip_lists":{},"form":1}') == Plan(())


def test_a_plan_of_another_form_is_told():
    assert not plans.ready(Population(holders=(), wanted=(), form=FORM + 1)).known
    assert plans.ready(Population(holders=(), wanted=())).known
