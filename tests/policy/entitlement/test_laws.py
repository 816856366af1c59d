"""What holds of every principal and every resource, whatever the policies say."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.policy.entitlement.conditions.kinds import Or
from shared.policy.entitlement.holding import ByGroup, Directly, Grant, Held, Holding
from shared.policy.entitlement.policy import Action, Policy, Scope, Statement
from shared.policy.entitlement.principal import Principal
from shared.policy.entitlement.roles import Roles
from tests.policy.entitlement.strategies import CUSTOM, ROLES, held, policies, resources, statements

LAST = 10**9
fewer = settings(max_examples=max(40, settings().max_examples // 20))


def roles(has, resource):
    return set(Principal(has, Roles(CUSTOM)).authorities(resource))


def permissions(has, resource):
    return Principal(has, Roles(CUSTOM)).permissions(resource)


def also(has, *given_statements, order=LAST):
    return replace(has, holdings=(*has.holdings, Holding(Policy("also", given_statements, order))))


@fewer
@given(resources)
def test_who_has_nothing_may_nothing(resource):
    assert roles(Held(), resource) == set()
    assert permissions(Held(), resource) == set()


@fewer
@given(held(grants=False), resources)
def test_revoking_all_at_the_end_leaves_nothing(has, resource):
    assert roles(also(has, Statement(Action.REVOKE, tuple(ROLES))), resource) == set()


@fewer
@given(held(), resources)
def test_revoking_all_leaves_the_grants_on_the_resource(has, resource):
    granted = {grant.role for grant in has.grants if grant.on.lower() == resource.reference.lower()}
    assert roles(also(has, Statement(Action.REVOKE, tuple(ROLES))), resource) == granted


@fewer
@given(held(), resources, st.sampled_from(ROLES), st.sampled_from([*ROLES, None]))
def test_a_grant_only_adds(has, resource, role, on_another):
    added = Grant("added", role, resource.reference if on_another is None else f"{on_another}://", Directly())
    more = replace(has, grants=(*has.grants, added))
    assert roles(more, resource) == roles(has, resource) | ({role} if on_another is None else set())
    assert permissions(more, resource) >= permissions(has, resource)


@fewer
@given(held(), resources, statements)
def test_a_granting_statement_at_the_end_only_adds(has, resource, statement):
    more = also(has, replace(statement, action=Action.GRANT))
    assert roles(more, resource) >= roles(has, resource)
    assert permissions(more, resource) >= permissions(has, resource)


@fewer
@given(held(), resources, statements)
def test_a_revoking_statement_at_the_end_only_takes(has, resource, statement):
    assert roles(also(has, replace(statement, action=Action.REVOKE)), resource) <= roles(has, resource)


@fewer
@given(held(), resources, statements, st.sampled_from([-1, 0, LAST]))
def test_a_statement_that_does_not_match_changes_nothing(has, resource, statement, order):
    never = replace(statement, conditions=(*statement.conditions, Or(())))
    assert roles(also(has, never, order=order), resource) == roles(has, resource)


@fewer
@given(policies, resources, st.randoms())
def test_the_order_of_statements_about_different_roles_does_not_matter(policy, resource, source):
    apart = list[Statement]()
    for statement in policy.statements:
        if all(set(statement.roles).isdisjoint(other.roles) for other in apart):
            apart.append(statement)
    assume(len(apart) > 1)
    mixed = source.sample(apart, len(apart))
    one, other = (replace(policy, statements=tuple(each)) for each in (apart, mixed))
    assert roles(Held((Holding(one),)), resource) == roles(Held((Holding(other),)), resource)


@fewer
@given(policies, resources)
def test_the_last_statement_that_matches_decides(policy, resource):
    found = roles(Held((Holding(replace(policy, scope=Scope.PLATFORM)),)), resource)
    for role in ROLES:
        about = [each for each in policy.statements if role in each.roles and each.applies(resource)]
        assert (role in found) == bool(about and about[-1].action is Action.GRANT)


@fewer
@given(held(), resources, st.randoms())
def test_what_comes_first_to_hand_does_not_matter(has, resource, source):
    mixed = replace(has, holdings=tuple(source.sample(has.holdings, len(has.holdings))))
    assert roles(mixed, resource) == roles(has, resource)


@fewer
@given(held(), resources)
def test_a_policy_that_comes_another_way_too_says_the_same(has, resource):
    assume(all(holding.policy.scope is Scope.PLATFORM for holding in has.holdings))
    twice = replace(
        has, holdings=(*has.holdings, *(replace(each, source=ByGroup(("g9",))) for each in has.holdings))
    )
    assert roles(twice, resource) == roles(has, resource)


@fewer
@given(held(), resources)
def test_without_connect_there_is_no_permission(has, resource):
    assert not permissions(has, resource) or "CONNECT" in permissions(has, resource)
