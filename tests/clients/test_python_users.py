"""Users with the official Python client: each of its methods, and what it asks about one user."""

from typing import Any

import pytest
from cloudflare import ConflictError, NotFoundError

from tests.clients.conftest import Vendor
from tests.clients.documents import ABSENT, IDENTITY, told

FIELDS = {
    *("id", "uid", "email", "name", "access_seat", "gateway_seat", "seat_uid", "active_device_count"),
    *("created_at", "updated_at", "last_successful_login"),
}


def created(vendor: Vendor, email: str, **members: Any) -> Any:
    return vendor.users.create(email=email, **members, **vendor.where)


def recorded(vendor: Vendor, user: Any, identity: Any) -> None:
    """Record a login: the client has no method for what the vendor does by itself."""
    path = f"/accounts/{vendor.account}/access/users/{user.id}/last_seen_identity"
    vendor.client.put(path, cast_to=object, body=identity)


def test_a_user_is_created_and_read(vendor: Vendor) -> None:
    made = created(vendor, "Ann@Acme.example", name="Ann")
    assert told(made).keys() == FIELDS
    assert (made.email, made.name, made.uid) == ("Ann@Acme.example", "Ann", made.id)
    assert told(vendor.users.get(made.id, **vendor.where)) == told(made)
    assert created(vendor, "ben@acme.example").name == ""


def test_an_update_is_what_comes_back(vendor: Vendor) -> None:
    made = created(vendor, "ann@acme.example", name="Ann")
    sent = {"email": "ann.b@acme.example", "name": "Ann B"}
    updated: Any = vendor.users.update(made.id, **sent, **vendor.where)
    assert (updated.id, updated.email, updated.name) == (made.id, sent["email"], sent["name"])
    assert told(vendor.users.get(made.id, **vendor.where)) == told(updated)


@pytest.mark.parametrize("query", [{}, {"per_page": 1}, {"per_page": 3}, {"per_page": 1000}])
def test_the_pager_yields_every_user_once_and_ends(vendor: Vendor, query: dict[str, int]) -> None:
    # The client has no argument for the size of these pages.
    emails = [f"u{number}@acme.example" for number in range(7)]
    for email in emails:
        created(vendor, email)
    pager = vendor.users.list(extra_query=query, **vendor.where)
    assert [user.email for user in pager] == emails


FILTERS = [
    ({"email": "ANN@acme.example"}, ["ann"]),
    ({"email": "nobody@acme.example"}, []),
    ({"name": "Ann"}, ["ann", "ann+2"]),
    ({"search": "ann"}, ["ann", "ann+2"]),
    ({"search": "@acme"}, ["ann", "ann+2", "ben"]),
    ({"email": "ann+2@acme.example"}, ["ann+2"]),
    ({"search": "acme", "page": 2}, []),
]


@pytest.mark.parametrize(("query", "found"), FILTERS)
def test_users_are_found(vendor: Vendor, query: dict[str, Any], found: list[str]) -> None:
    for local, name in (("ann", "Ann"), ("ann+2", "Ann"), ("ben", "Ben")):
        created(vendor, f"{local}@acme.example", name=name)
    emails = [user.email for user in vendor.users.list(**query, **vendor.where)]
    assert emails == [f"{local}@acme.example" for local in found]


def test_an_address_belongs_to_one_user(vendor: Vendor) -> None:
    made = created(vendor, "ann@acme.example")
    with pytest.raises(ConflictError) as raised:
        created(vendor, "ANN@acme.example")
    assert made.id in raised.value.errors[0].message


def test_a_deleted_user_is_gone(vendor: Vendor) -> None:
    made = created(vendor, "ann@acme.example")
    assert vendor.users.delete(made.id, **vendor.where) == {"id": made.id}
    for act in (vendor.users.get, vendor.users.delete):
        with pytest.raises(NotFoundError):
            act(made.id, **vendor.where)
    assert list(vendor.users.list(**vendor.where)) == []


def test_the_last_seen_identity_is_what_was_recorded(vendor: Vendor) -> None:
    made = created(vendor, "ann@acme.example")
    with pytest.raises(NotFoundError):
        vendor.users.last_seen_identity.get(made.id, **vendor.where)
    recorded(vendor, made, IDENTITY)
    seen: Any = vendor.users.last_seen_identity.get(made.id, **vendor.where)
    assert told(seen) == IDENTITY
    assert (seen.device_posture["p1"].success, seen.idp.type, seen.geo.country) == (True, "okta", "DE")
    login: Any = vendor.users.get(made.id, **vendor.where)
    assert (login.access_seat, login.last_successful_login.timestamp()) == (True, IDENTITY["iat"])


def test_sessions_and_failed_logins_are_none(vendor: Vendor) -> None:
    made = created(vendor, "ann@acme.example")
    assert list(vendor.users.active_sessions.list(made.id, **vendor.where)) == []
    assert list(vendor.users.failed_logins.list(made.id, **vendor.where)) == []
    with pytest.raises(NotFoundError):
        vendor.users.active_sessions.get("X1aXj1lFVcqqyoXF", user_id=made.id, **vendor.where)


@pytest.mark.parametrize("what", ["active_sessions", "failed_logins"])
def test_nobody_has_no_pages(vendor: Vendor, what: str) -> None:
    with pytest.raises(NotFoundError):
        getattr(vendor.users, what).list(ABSENT, **vendor.where)
