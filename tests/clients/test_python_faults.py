"""Whatever goes wrong with a resource is the exception that the official Python client has for it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import cloudflare
import pytest
from cloudflare.types.shared import ErrorData

from tests.clients.conftest import Vendor, connected
from tests.clients.documents import ABSENT, RULE, items, named, policy
from tests.stack import Client, Service

Act = Callable[[Vendor], Any]
BAD = {"ip": {"ip": "10.0.0.300"}}
GROUP = {"group": {"id": ABSENT}}
LIST = {"ip_list": {"id": ABSENT}}


def create(what: str, **sent: Any) -> Act:
    return lambda vendor: getattr(vendor, what).create(**sent, **vendor.where)


def each_page(what: str, **query: Any) -> Act:
    return lambda vendor: list(getattr(vendor, what).list(extra_query=query, **vendor.where))


class Case(NamedTuple):
    """A request with faults, and where they are."""

    act: Act
    pointers: tuple[str | None, ...]


REFUSED = {
    "policy": Case(create("policies", **policy("p", RULE, BAD)), ("/include/1/ip/ip",)),
    "policy without a decision": Case(
        create("policies", name="", include=[BAD], decision="maybe"),
        ("/name", "/decision", "/include/0/ip/ip"),
    ),
    "policy of an unknown group": Case(
        create("policies", **policy("p", GROUP, exclude=[LIST])),
        ("/include/0/group/id", "/exclude/0/ip_list/id"),
    ),
    "group": Case(create("groups", **named("g", BAD)), ("/include/0/ip/ip",)),
    "group of an unknown group": Case(create("groups", **named("g", GROUP)), ("/include/0/group/id",)),
    "group of a rule that is none": Case(create("groups", **named("g", {"x": {}})), ("/include/0/x",)),
    "list": Case(
        create("lists", name="l", type="IP", items=items("10.0.0.1", "x", "y")),
        ("/items/1/value", "/items/2/value"),
    ),
    "list of no type": Case(create("lists", name="l", type="NONE"), ("/type",)),
    "user": Case(create("users", email="ann"), ("/email",)),
    "test": Case(
        create("tests", policies=[ABSENT, policy("p", BAD)]), ("/policies/0", "/policies/1/include/0/ip/ip")
    ),
    "page of policies": Case(each_page("policies", per_page=0), (None,)),
    "page of groups": Case(each_page("groups", per_page=1001), (None,)),
    "page of users": Case(each_page("users", page="x"), (None,)),
    "filter of lists": Case(each_page("lists", filter="type:NONE"), (None,)),
}


def pointer(error: ErrorData) -> str | None:
    return error.source.pointer if error.source else None


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_every_fault_is_an_error_with_its_place(vendor: Vendor, case: Case) -> None:
    with pytest.raises(cloudflare.BadRequestError) as raised:
        case.act(vendor)
    errors = raised.value.errors
    assert sorted(map(str, map(pointer, errors))) == sorted(map(str, case.pointers))
    assert {error.code for error in errors} == {12130}
    assert all((error.message or "").startswith("access.api.error.invalid_request: ") for error in errors)
    assert str(errors[0].message) in str(raised.value)


def on_absent(vendor: Vendor) -> dict[str, Callable[[], Any]]:
    """Each method that takes an id, with one that nobody has."""
    where, (first, email) = vendor.where, ({"name": "n", "include": [RULE]}, "a@a.example")
    return {
        "policies.get": lambda: vendor.policies.get(ABSENT, **where),
        "policies.update": lambda: vendor.policies.update(ABSENT, decision="allow", **first, **where),
        "policies.delete": lambda: vendor.policies.delete(ABSENT, **where),
        "groups.get": lambda: vendor.groups.get(ABSENT, **where),
        "groups.update": lambda: vendor.groups.update(ABSENT, **first, **where),
        "groups.delete": lambda: vendor.groups.delete(ABSENT, **where),
        "users.get": lambda: vendor.users.get(ABSENT, **where),
        "users.update": lambda: vendor.users.update(ABSENT, email=email, name="", **where),
        "users.delete": lambda: vendor.users.delete(ABSENT, **where),
        "users.last_seen_identity.get": lambda: vendor.users.last_seen_identity.get(ABSENT, **where),
        "users.active_sessions.list": lambda: vendor.users.active_sessions.list(ABSENT, **where),
        "users.active_sessions.get": lambda: vendor.users.active_sessions.get("n", user_id=ABSENT, **where),
        "users.failed_logins.list": lambda: vendor.users.failed_logins.list(ABSENT, **where),
        "lists.get": lambda: vendor.lists.get(ABSENT, **where),
        "lists.update": lambda: vendor.lists.update(ABSENT, name="n", **where),
        "lists.edit": lambda: vendor.lists.edit(ABSENT, remove=[email], **where),
        "lists.delete": lambda: vendor.lists.delete(ABSENT, **where),
        "lists.items.list": lambda: vendor.lists.items.list(ABSENT, **where),
        "tests.get": lambda: vendor.tests.get(ABSENT, **where),
        "tests.users.list": lambda: vendor.tests.users.list(ABSENT, **where),
    }


def test_what_is_not_there_is_not_found_by_any_method(vendor: Vendor) -> None:
    for name, act in on_absent(vendor).items():
        with pytest.raises(cloudflare.NotFoundError) as raised:
            act()
        (error,) = raised.value.errors
        assert (error.code, error.message) == (12135, "access.api.error.not_found"), name


def test_another_account_is_not_found_by_any_method(vendor: Vendor, service: Service) -> None:
    vendor.where["account_id"] = service.account
    for name, act in on_absent(vendor).items():
        with pytest.raises(cloudflare.NotFoundError) as raised:
            act()
        assert raised.value.errors[0].code == 7003, name


def test_a_conflict_is_tried_once(client: Client) -> None:
    with connected(client, max_retries=5) as vendor:
        inner: Any = vendor.groups.create(**named("inner"), **vendor.where)
        vendor.policies.create(**policy("outer", {"group": {"id": inner.id}}), **vendor.where)
        with pytest.raises(cloudflare.ConflictError) as raised:
            vendor.groups.delete(inner.id, **vendor.where)
    assert raised.value.request.headers["x-stainless-retry-count"] == "0"
    assert [error.code for error in raised.value.errors] == [12132]


def test_a_cycle_is_refused_with_its_path(vendor: Vendor) -> None:
    inner: Any = vendor.groups.create(**named("inner"), **vendor.where)
    naming: Any = {"group": {"id": inner.id}}
    outer: Any = vendor.groups.create(**named("outer", naming), **vendor.where)
    with pytest.raises(cloudflare.BadRequestError) as raised:
        vendor.groups.update(inner.id, **named("inner", {"group": {"id": outer.id}}), **vendor.where)
    (error,) = raised.value.errors
    assert pointer(error) == "/include/0/group/id"
    assert all(each.id in (error.message or "") for each in (inner, outer))


SCOPES = {
    "policies": ("policies:read", create("policies", **policy("p"))),
    "groups": ("policies:read", create("groups", **named("g"))),
    "lists": ("policies:read", create("lists", name="l", type="EMAIL")),
    "users": ("directory:read", create("users", email="a@a.example")),
    "tests": ("policy-tests:read", create("tests", policies=[policy("p")])),
}


@pytest.mark.parametrize(("scope", "act"), SCOPES.values(), ids=SCOPES)
async def test_who_may_only_read_is_denied(service: Service, scope: str, act: Act) -> None:
    tenant = await service.tenant(scopes=(scope,))
    with connected(tenant) as vendor, pytest.raises(cloudflare.PermissionDeniedError) as raised:
        act(vendor)
    (error,) = raised.value.errors
    assert (error.code, scope.replace("read", "write") in (error.message or "")) == (10000, True)
