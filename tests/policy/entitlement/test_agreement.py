"""The engine and the naive reference say the same of everybody, reasons included."""

import msgspec
from hypothesis import given, settings

from shared.policy.entitlement.decision import ByStatement, NoConnect, Nothing
from shared.policy.entitlement.holding import Held
from shared.policy.entitlement.policy import Action
from shared.policy.entitlement.principal import Principal
from shared.policy.entitlement.roles import PERMISSIONS, STANDARD, Roles
from tests.policy.entitlement import reference
from tests.policy.entitlement.strategies import CUSTOM, ROLES, conditions, held, resources

MEANING = {**STANDARD, **CUSTOM}
fewer = settings(max_examples=max(100, settings().max_examples // 4))


def prepared(has):
    """Through JSON, as a worker gets it."""
    return Principal(msgspec.json.decode(msgspec.json.encode(has), type=Held), Roles(CUSTOM))


fewer = settings(max_examples=max(100, settings().max_examples // 4))


@given(conditions, resources)
def test_conditions_agree(condition, resource):
    assert condition.holds(resource) == reference.fits(condition, resource)


@fewer
@given(held(), resources)
def test_roles_agree(has, resource):
    expected = reference.authorities(has, resource)
    principal = prepared(has)
    assert principal.authorities(resource) == expected
    for role in ROLES:
        found = principal.authority(role.upper(), resource)
        assert found.allowed == (role in expected)
        assert found.reason == expected.get(role, found.reason)
        assert found.allowed or isinstance(found.reason, ByStatement | Nothing)


@fewer
@given(held(), resources)
def test_permissions_agree(has, resource):
    expected = reference.permissions(has, resource, MEANING)
    principal, authorities = prepared(has), reference.authorities(has, resource)
    assert principal.permissions(resource) == expected
    for permission in PERMISSIONS:
        found = principal.permission(permission.lower(), resource)
        assert found.allowed == (permission in expected)
        if found.allowed:
            assert found.reason in authorities.values()
            assert permission in MEANING[found.reason.role]
        if permission != "CONNECT" and "CONNECT" not in expected:
            assert isinstance(found.reason, NoConnect)
        if isinstance(found.reason, ByStatement) and not found.allowed:
            assert found.reason.action is Action.REVOKE
            assert found.reason.role not in authorities
