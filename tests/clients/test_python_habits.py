"""What Terraform relies on: GET is what PUT took and nothing more, and the same PUT is no change."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.clients.conftest import Vendor
from tests.clients.documents import NOTHING, OBLIGATIONS, items, named, part, policy

RULES = [
    {"email": {"email": "Z@Acme.example"}},
    {"everyone": {}},
    {"email_domain": {"domain": "@a.example"}},
    {"everyone": {}},
    {"ip": {"ip": "2001:DB8::/32"}},
]
CRITERIA: dict[str, Any] = {"exclude": RULES[::-1], "require": RULES[1:3]}


class Kept(NamedTuple):
    """Something that is kept: whose methods it has, what creates it, what is put in its place."""

    methods: str
    first: dict[str, Any]
    second: dict[str, Any]


PEOPLE = ("Z@acme.example", "a@Acme.example", "m@acme.example")
CASES = {
    "policy": Kept("policies", policy("p", **OBLIGATIONS), policy("q", *RULES, **CRITERIA)),
    "policy of everything": Kept("policies", policy("p"), policy("p", *RULES, **CRITERIA, **OBLIGATIONS)),
    "policy of nothing": Kept("policies", policy("p", **OBLIGATIONS), policy("p", **NOTHING)),
    "group": Kept("groups", named("g", **CRITERIA), named("h", *RULES)),
    "group of everything": Kept("groups", named("g"), named("g", *RULES, **CRITERIA, is_default=False)),
    "list": Kept(
        *("lists", {"name": "l", "type": "EMAIL", "items": items("b@a.example")}),
        {"name": "m", "description": "d", "items": items(*PEOPLE)},
    ),
    "networks": Kept(
        *("lists", {"name": "l", "type": "IP"}),
        {"name": "l", "description": "", "items": items("2001:DB8::/32", "10.0.0.0/8", "10.0.0.1")},
    ),
    "user": Kept("users", {"email": "a@a.example"}, {"email": "B@A.example", "name": "B"}),
}


def result(answer: Any) -> Any:
    """An answer as it came, before the client made anything of it."""
    return answer.json()["result"]


def unchanged(answered: Any, sent: Any) -> bool:
    """Whether an answer says what was sent; items come back with more than their values."""
    shown = part(answered, sent)
    if "items" in sent:
        shown["items"] = items(*(each["value"] for each in shown["items"]))
    return repr(shown) == repr(sent)  # unlike `==`, it tells False from 0 and knows the order in objects


def changes(vendor: Vendor) -> int:
    log: Any = vendor.client.get(f"/accounts/{vendor.account}/audit-log", cast_to=object)
    return len(log["result"])


@pytest.fixture
def raw(vendor: Vendor) -> Callable[[str], Any]:
    return lambda methods: getattr(vendor, methods).with_raw_response


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_was_created_is_got(vendor: Vendor, raw: Callable[[str], Any], case: Kept) -> None:
    methods = raw(case.methods)
    made = result(methods.create(**case.first, **vendor.where))
    got = result(methods.get(made["id"], **vendor.where))
    assert unchanged(made, case.first)
    assert repr(got) == repr(made)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_was_put_is_got_and_listed(vendor: Vendor, raw: Callable[[str], Any], case: Kept) -> None:
    methods = raw(case.methods)
    made = result(methods.create(**case.first, **vendor.where))
    put = result(methods.update(made["id"], **case.second, **vendor.where))
    assert unchanged(put, case.second)
    assert repr(result(methods.get(made["id"], **vendor.where))) == repr(put)
    listed = result(methods.list(**vendor.where))
    put.pop("items", None)  # a list among others is without them
    assert repr(listed) == repr([put])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_same_put_changes_nothing(vendor: Vendor, raw: Callable[[str], Any], case: Kept) -> None:
    methods = raw(case.methods)
    made = result(methods.create(**case.first, **vendor.where))
    first = methods.update(made["id"], **case.second, **vendor.where)
    before = changes(vendor)
    again = methods.update(made["id"], **case.second, **vendor.where)
    assert again.read() == first.read()
    assert methods.get(made["id"], **vendor.where).read() == first.read()
    assert changes(vendor) == before == 2


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_was_got_can_be_put_back(vendor: Vendor, raw: Callable[[str], Any], case: Kept) -> None:
    """A provider may read a resource and write the whole of it, with what the service added."""
    methods = raw(case.methods)
    made = result(methods.create(**case.first, **vendor.where))
    got = methods.get(made["id"], **vendor.where)
    before = changes(vendor)
    again = methods.update(made["id"], **NEEDED[case.methods], extra_body=result(got), **vendor.where)
    assert again.read() == got.read()
    assert changes(vendor) == before


# The arguments without which the client makes no request; `extra_body` replaces them.
NEEDED: dict[str, dict[str, Any]] = {
    "policies": {"name": "", "decision": "deny", "include": []},
    "groups": {"name": "", "include": []},
    "lists": {"name": ""},
    "users": {"email": "", "name": ""},
}
