"""Rule groups with the official Python client: each of its methods, nested, in use, found by name."""

from typing import Any

import pytest
from cloudflare import ConflictError, NotFoundError

from tests.clients.conftest import Vendor, connected
from tests.clients.documents import RULE, every_rule, named, part, told
from tests.stack import Client

ADDED = {"id", "created_at", "updated_at"}


def created(vendor: Vendor, sent: dict[str, Any]) -> Any:
    return vendor.groups.create(**sent, **vendor.where)


def naming(group: Any) -> dict[str, Any]:
    return {"group": {"id": group.id}}


def test_every_rule_goes_there_and_back(vendor: Vendor) -> None:
    inner = created(vendor, named("inner"))
    lists = [vendor.lists.create(name=kind, type=kind, **vendor.where) for kind in ("EMAIL", "IP")]
    emails, networks = [each.id or "" for each in lists if each is not None]
    rules, _ = every_rule(group=inner.id, email_list=emails, ip_list=networks)
    sent = named("outer", *rules, exclude=rules, require=rules)
    made = created(vendor, sent)
    read = told(vendor.groups.get(made.id, **vendor.where))
    assert read == told(made)
    assert part(read, sent) == sent


@pytest.mark.parametrize("members", [{"exclude": [], "require": []}, {}], ids=["empty", "left out"])
def test_fields_go_there_and_back_and_no_other_comes(vendor: Vendor, members: dict[str, Any]) -> None:
    sent = named("g", **members)
    read = told(vendor.groups.get(created(vendor, sent).id, **vendor.where))
    assert part(read, sent) == sent
    assert read.keys() - sent.keys() == ADDED


@pytest.mark.parametrize("default", [True, False])
def test_a_default_group_says_so(client: Client, *, default: bool) -> None:
    # The client's types have a list of rules here, by mistake: to be strict is to refuse the vendor's own.
    with connected(client) as lenient:
        made = created(lenient, named("g", is_default=default))
        read: Any = lenient.groups.get(made.id, **lenient.where)
    assert (made.is_default, read.is_default) == (default, default)


def test_an_update_replaces_all(vendor: Vendor) -> None:
    inner = created(vendor, named("inner"))
    made = created(vendor, named("before", RULE, naming(inner), exclude=[RULE]))
    sent = named("after", naming(inner))
    read = told(vendor.groups.update(made.id, **sent, **vendor.where))
    assert read == told(vendor.groups.get(made.id, **vendor.where))
    assert part(read, sent) == sent
    assert read.keys() - sent.keys() == ADDED


@pytest.mark.parametrize("query", [{}, {"per_page": 1}, {"per_page": 3}, {"per_page": 1000}, {"page": 2}])
def test_the_pager_yields_every_group_once_and_ends(vendor: Vendor, query: dict[str, int]) -> None:
    names = [f"g{number}" for number in range(7)]
    for name in names:
        created(vendor, named(name))
    found = [each.name for each in vendor.groups.list(**query, **vendor.where)]
    assert found == ([] if "page" in query else names)


FILTERS = [
    ({"name": "Staff"}, ["Staff"]),
    ({"name": "staff"}, []),
    ({"search": "STAFF"}, ["Staff", "no staff"]),
    ({"search": "staff", "per_page": 1}, ["Staff", "no staff"]),
    ({"name": "a&b=c/ü"}, ["a&b=c/ü"]),
]


@pytest.mark.parametrize(("query", "names"), FILTERS)
def test_groups_are_found_by_name(vendor: Vendor, query: dict[str, Any], names: list[str]) -> None:
    for name in ("Staff", "no staff", "others", "a&b=c/ü"):
        created(vendor, named(name))
    assert [each.name for each in vendor.groups.list(**query, **vendor.where)] == names


def test_a_group_in_use_stays_and_says_who_uses_it(vendor: Vendor) -> None:
    inner = created(vendor, named("inner"))
    outer = created(vendor, named("outer", naming(inner)))
    with pytest.raises(ConflictError) as raised:
        vendor.groups.delete(inner.id, **vendor.where)
    (error,) = raised.value.errors
    assert error.code == 12132
    assert f"`outer` ({outer.id})" in (error.message or "")
    assert told(vendor.groups.get(inner.id, **vendor.where)) == told(inner)


def test_a_deleted_group_is_gone(vendor: Vendor) -> None:
    made = created(vendor, named("g"))
    assert told(vendor.groups.delete(made.id, **vendor.where)) == {"id": made.id}
    for act in (vendor.groups.get, vendor.groups.delete):
        with pytest.raises(NotFoundError):
            act(made.id, **vendor.where)
    assert list(vendor.groups.list(**vendor.where)) == []
