"""Lists with the official Python client: each of its methods, items in pages, filters, lists in use."""

from typing import Any, get_args

import pytest
from cloudflare import ConflictError, NotFoundError
from cloudflare.types.zero_trust.gateway import GatewayList

from tests.clients.conftest import Vendor
from tests.clients.documents import items, named, told

FIELDS = {"id", "name", "type", "description", "count", "created_at", "updated_at", "items"}
TYPES = get_args(get_args(GatewayList.model_fields["type"].annotation)[0])
SAMPLE = {"EMAIL": "Ann@Acme.example", "IP": "2001:DB8::/32"}


def created(vendor: Vendor, *values: str, **members: Any) -> Any:
    sent = {"name": "l", "type": "EMAIL", "items": items(*values), **members}
    return vendor.lists.create(**sent, **vendor.where)


def values(vendor: Vendor, made: Any, **query: int) -> list[Any]:
    return [each.value for each in vendor.lists.items.list(made.id, **query, **vendor.where)]


@pytest.mark.parametrize("kind", TYPES)
def test_a_list_of_each_type_goes_there_and_back(vendor: Vendor, kind: str) -> None:
    sent = [{"value": SAMPLE.get(kind, "Some Value"), "description": "why"}]
    made = created(vendor, type=kind, description="d", items=sent)
    read: Any = vendor.lists.get(made.id, **vendor.where)
    assert told(read) == told(made)
    assert told(read).keys() == FIELDS
    assert (read.type, read.description, read.count) == (kind, "d", 1)
    assert [{"value": each.value, "description": each.description} for each in read.items] == sent


def test_a_list_needs_no_items(vendor: Vendor) -> None:
    made: Any = vendor.lists.create(name="l", type="EMAIL", **vendor.where)
    assert (made.count, made.description, values(vendor, made)) == (0, None, [])


def test_an_update_replaces_items_in_their_order(vendor: Vendor) -> None:
    made = created(vendor, "a@acme.example", "b@acme.example", description="d")
    sent = items("c@acme.example", "a@acme.example")
    updated: Any = vendor.lists.update(made.id, name="m", items=sent, **vendor.where)
    assert (updated.name, updated.description, updated.count) == ("m", None, 2)
    assert told(vendor.lists.get(made.id, **vendor.where)) == told(updated)
    assert values(vendor, made) == ["c@acme.example", "a@acme.example"]


def test_an_update_without_items_leaves_them(vendor: Vendor) -> None:
    made = created(vendor, "a@acme.example")
    updated: Any = vendor.lists.update(made.id, name="m", description="new", **vendor.where)
    assert (updated.name, updated.description, updated.count) == ("m", "new", 1)
    assert values(vendor, made) == ["a@acme.example"]


def test_an_edit_removes_and_appends(vendor: Vendor) -> None:
    made = created(vendor, "a@acme.example", "b@acme.example", description="d")
    sent = items("c@acme.example", "a@acme.example")
    edited: Any = vendor.lists.edit(made.id, append=sent, remove=["B@acme.example"], **vendor.where)
    assert (edited.name, edited.description, edited.count) == ("l", "d", 2)
    assert values(vendor, made) == ["a@acme.example", "c@acme.example"]


@pytest.mark.parametrize("query", [{}, {"per_page": 7}, {"per_page": 20}, {"per_page": 1000}])
def test_the_pager_yields_every_item_once_and_ends(vendor: Vendor, query: dict[str, int]) -> None:
    sent = [f"u{number}@acme.example" for number in range(40)]
    assert values(vendor, created(vendor, *sent), **query) == sent


def test_a_long_list_is_read_page_by_page(vendor: Vendor) -> None:
    sent = [f"u{number}@acme.example" for number in range(1500)]
    made = created(vendor, *sent)
    read: Any = vendor.lists.get(made.id, **vendor.where)
    assert (read.count, read.items) == (1500, None)
    assert values(vendor, made) == sent


def test_all_lists_are_on_the_one_page(vendor: Vendor) -> None:
    names = [f"l{number}" for number in range(30)]
    for name in names:
        created(vendor, name=name)
    page = vendor.lists.list(**vendor.where)
    assert [each.name for each in page] == names
    assert not page.has_next_page()


FILTERS = [
    ({}, ["bb", "a", "c"]),
    ({"type": "IP"}, ["a"]),
    ({"filter": ["type:EMAIL"]}, ["bb", "c"]),
    ({"filter": ["type:EMAIL", "name:B"]}, ["bb"]),
    ({"filter": ["item_count:2"]}, ["c"]),
    ({"search": "B"}, ["bb"]),
    ({"order_by": "name"}, ["a", "bb", "c"]),
    ({"order_by": "item_count", "direction": "desc"}, ["c", "bb", "a"]),
    ({"search": "absent"}, []),
]


@pytest.mark.parametrize(("query", "names"), FILTERS)
def test_lists_are_found_and_ordered(vendor: Vendor, query: dict[str, Any], names: list[str]) -> None:
    created(vendor, "a@acme.example", name="bb")
    created(vendor, name="a", type="IP")
    created(vendor, "a@acme.example", "b@acme.example", name="c")
    assert [each.name for each in vendor.lists.list(**query, **vendor.where)] == names


def test_a_list_in_use_stays_and_says_who_uses_it(vendor: Vendor) -> None:
    made = created(vendor)
    user: Any = vendor.groups.create(**named("user", {"email_list": {"id": made.id}}), **vendor.where)
    with pytest.raises(ConflictError) as raised:
        vendor.lists.delete(made.id, **vendor.where)
    assert f"`user` ({user.id})" in raised.value.errors[0].message
    assert told(vendor.lists.get(made.id, **vendor.where)) == told(made)


def test_a_deleted_list_is_gone(vendor: Vendor) -> None:
    made = created(vendor, "a@acme.example")
    assert vendor.lists.delete(made.id, **vendor.where) == {"id": made.id}
    for act in (vendor.lists.get, vendor.lists.delete, vendor.lists.items.list):
        with pytest.raises(NotFoundError):
            act(made.id, **vendor.where)
    assert list(vendor.lists.list(**vendor.where)) == []
