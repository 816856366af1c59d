"""A policy test of the official Python client that names policies, groups and lists which are kept."""

import time
from typing import Any

import pytest

from tests.clients.conftest import Vendor
from tests.clients.documents import items, named, policy

PEOPLE = ("ann@acme.example", "ben@acme.example", "cas@other.example", "dan@none.example")


def ended(vendor: Vendor, test_id: str) -> Any:
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        status: Any = vendor.tests.get(test_id, **vendor.where)
        if status.status != "processing":
            return status
        time.sleep(0.02)
    raise AssertionError("the test does not end")


def verdicts(vendor: Vendor, test_id: str, **query: Any) -> dict[str, str]:
    """The users of a test by verdict, one row a page."""
    pager = vendor.tests.users.list(test_id, per_page=1, **query, **vendor.where)
    return {user.email or "": user.status or "" for user in pager}


@pytest.fixture
def mixed(vendor: Vendor) -> list[Any]:
    """A kept policy over a group over a group and a list, and an inline one."""
    for email in PEOPLE:
        vendor.users.create(email=email, **vendor.where)
    made: Any = vendor.lists.create(name="l", type="EMAIL", items=items(PEOPLE[1]), **vendor.where)
    rules = ({"email_domain": {"domain": "acme.example"}}, {"email_list": {"id": made.id}})
    inner: Any = vendor.groups.create(**named("inner", rules[0], exclude=[rules[1]]), **vendor.where)
    outer: Any = vendor.groups.create(**named("outer", {"group": {"id": inner.id}}), **vendor.where)
    kept: Any = vendor.policies.create(**policy("kept", {"group": {"id": outer.id}}), **vendor.where)
    return [kept.id, policy("inline", {"email": {"email": PEOPLE[2]}})]


def test_kept_and_inline_policies_are_tested_together(vendor: Vendor, mixed: list[Any]) -> None:
    started: Any = vendor.tests.create(policies=mixed, **vendor.where)
    status = ended(vendor, started.id)
    assert (status.status, status.users_approved, status.users_blocked) == ("complete", 2, 2)
    assert verdicts(vendor, started.id) == dict(
        zip(PEOPLE, ("approved", "blocked", "approved", "blocked"), strict=True)
    )
    assert list(verdicts(vendor, started.id, status="success")) == [PEOPLE[0], PEOPLE[2]]


def test_a_policy_that_was_tested_can_go(vendor: Vendor, mixed: list[Any]) -> None:
    started: Any = vendor.tests.create(policies=mixed, **vendor.where)
    vendor.policies.delete(mixed[0], **vendor.where)
    assert ended(vendor, started.id).users_approved == 2
    assert len(verdicts(vendor, started.id)) == len(PEOPLE)
