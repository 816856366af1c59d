"""Lists on the wire: what is taken, which values are the same, what is pointed at."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Struct

from shared.wire.cloudflare import lists
from shared.wire.cloudflare.list_items import EMPTY, ITEMS_LIMIT, ListItem
from shared.wire.cloudflare.lists import ListAnswer, ListObject, ListPatch, NewList, to_document
from shared.wire.faults import Faulty

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ID = UUID(int=7)

SAME: list[tuple[str, str, list[str]]] = [
    ("EMAIL", "ann@acme.example", ["Ann@ACME.example", "ANN@acme.EXAMPLE"]),
    ("EMAIL", "ann@xn--bcher-kva.example", ["ann@bücher.example", "ann@BÜCHER.example"]),
    ("IP", "10.0.0.1", ["10.0.0.1/32", "::ffff:10.0.0.1", "::ffff:10.0.0.1/128"]),
    ("IP", "10.0.0.0/8", ["::ffff:10.0.0.0/104", "10.0.0.0/255.0.0.0"]),
    ("IP", "0.0.0.0/0", ["0.0.0.0/0.0.0.0", "::ffff:0.0.0.0/96"]),
    ("IP", "2001:db8::/32", ["2001:DB8:0:0::/32"]),
    ("IP", "2001:db8::1", ["2001:db8:0:0:0:0:0:1", "2001:DB8::1/128"]),
    ("IP", "2002::/16", ["2002:0::/16"]),
    ("DOMAIN", "acme.example", []),
    ("SERIAL", "8GE8721REF", []),
]
DIFFERENT = [
    ("EMAIL", ["ann+x@acme.example", "ann@acme.example", "a.nn@acme.example", "ann@sub.acme.example"]),
    ("IP", ["10.0.0.0", "10.0.0.0/8", "10.0.0.0/9", "::/0", "0.0.0.0/0", "64:ff9b::a00:1"]),
    ("DOMAIN", ["acme.example", "Acme.example", " acme.example"]),
]


def decoded(body: Any, form: type[Struct] = NewList, kind: str | None = None) -> Any:
    """The items of a body by member; without a `kind`, that of the body."""
    sent = lists.decode(body if isinstance(body, bytes) else json.dumps(body).encode(), form)
    return lists.entries(sent, kind or sent.members.get("type"))


def items(kind: str, *values: Any, **more: Any) -> Any:
    return decoded({"name": "l", "type": kind, "items": [{"value": v} for v in values], **more})["items"]


def pointers(body: Any, form: type[Struct] = NewList, kind: str | None = None) -> list[str | None]:
    with pytest.raises(Faulty) as refused:
        decoded(body, form, kind)
    assert all(fault.message for fault in refused.value.faults)
    return [fault.pointer for fault in refused.value.faults]


@pytest.mark.parametrize(("kind", "canonical", "others"), SAME)
def test_a_value_that_is_written_in_several_ways_is_one(kind: str, canonical: str, others: list[str]) -> None:
    for first in [canonical, *others]:
        columns = items(kind, first, canonical, *others).columns
        assert columns == ([first], [canonical], [None])


@pytest.mark.parametrize(("kind", "values"), DIFFERENT)
def test_values_that_are_not_the_same_stay_apart(kind: str, values: list[str]) -> None:
    columns = items(kind, *values).columns
    assert columns.values == values
    assert len(set(columns.canonicals)) == len(values)


def test_of_equal_items_the_first_is_kept() -> None:
    given = [
        {"value": "A@b.example", "description": "first"},
        {"value": "a@b.example", "description": "second"},
    ]
    columns = decoded({"name": "l", "type": "EMAIL", "items": given})["items"].columns
    assert columns == (["A@b.example"], ["a@b.example"], ["first"])


def test_what_answers_add_may_be_sent_back() -> None:
    added = {"id": "x", "count": 1, "created_at": "y", "updated_at": None}
    item = {"value": "a@b.example", "created_at": "2026-01-01T00:00:00Z"}
    assert decoded({"name": "l", "type": "EMAIL", "items": [item], **added})["items"].fingerprint.items == 1
    assert decoded({"name": "l", "type": "EMAIL", **added}, ListObject, "EMAIL") == {}


@pytest.mark.parametrize("absent", [{}, {"items": None}])
def test_items_that_are_absent_or_null_are_not_given(absent: Any) -> None:
    assert decoded({"name": "l", "type": "EMAIL", **absent}) == {}
    assert decoded({"name": "l", "type": "EMAIL", "items": []}) == {"items": EMPTY}


BAD = {"value": "nobody"}
GOOD = {"value": "a@b.example"}
LIST = {"name": "l", "type": "EMAIL"}
CREATIONS: list[tuple[Any, list[str]]] = [
    ({}, ["/name", "/type"]),
    (LIST | {"name": ""}, ["/name"]),
    (LIST | {"name": "n" * 351}, ["/name"]),
    (LIST | {"name": None}, ["/name"]),
    (LIST | {"type": "email"}, ["/type"]),
    (LIST | {"type": "LETTER"}, ["/type"]),
    (LIST | {"description": 1}, ["/description"]),
    (LIST | {"description": "d" * 1001}, ["/description"]),
    (LIST | {"itmes": []}, ["/itmes"]),
    (LIST | {"items": {}}, ["/items"]),
    (LIST | {"items": "a@b.example"}, ["/items"]),
    (LIST | {"items": ["a@b.example"]}, ["/items/0"]),
    (LIST | {"items": [GOOD, {}]}, ["/items/1"]),
    (LIST | {"items": [GOOD, {"value": ""}]}, ["/items/1/value"]),
    (LIST | {"items": [GOOD, {"value": "v" * 601}]}, ["/items/1/value"]),
    (LIST | {"items": [GOOD, {"value": 1}, BAD]}, ["/items/1/value", "/items/2/value"]),
    (LIST | {"items": [GOOD | {"note": "x"}]}, ["/items/0"]),
    (LIST | {"items": [GOOD | {"description": []}]}, ["/items/0/description"]),
    (LIST | {"items": [BAD, GOOD, BAD]}, ["/items/0/value", "/items/2/value"]),
    (LIST | {"type": "IP", "items": [{"value": "10.0.0.1/8"}]}, ["/items/0/value"]),
    (
        LIST | {"type": "IP", "items": [{"value": "10.0.0.256"}, {"value": "x"}]},
        ["/items/0/value", "/items/1/value"],
    ),
    (LIST | {"type": "IP", "items": [{"value": "fe80::1%eth0"}]}, ["/items/0/value"]),
    ({"type": "EMAIL", "x": 1, "items": [{}, BAD]}, ["/x", "/name", "/items/0", "/items/1/value"]),
    ({"name": "l", "type": "Q", "items": [BAD, {}]}, ["/type", "/items/1"]),
]
CHANGES: list[tuple[type[Struct], Any, list[str]]] = [
    (ListObject, {}, ["/name"]),
    (ListObject, {"name": "l", "type": "IP"}, ["/type"]),
    (ListObject, {"name": "l", "type": 1}, ["/type"]),
    (ListObject, {"name": "l", "append": [GOOD]}, ["/append"]),
    (ListObject, {"items": [BAD]}, ["/name", "/items/0/value"]),
    (ListPatch, {"items": []}, ["/items"]),
    (ListPatch, {"name": None}, ["/name"]),
    (ListPatch, {"append": [GOOD, BAD]}, ["/append/1/value"]),
    (ListPatch, {"remove": [GOOD]}, ["/remove/0"]),
    (ListPatch, {"remove": ["a@b.example", "nobody"]}, ["/remove/1"]),
    (ListPatch, {"append": [BAD, 1], "remove": [""]}, ["/append/1", "/remove/0", "/append/0/value"]),
]


@pytest.mark.parametrize(("body", "expected"), CREATIONS)
def test_a_fault_of_a_new_list_is_pointed_at(body: Any, expected: list[str]) -> None:
    assert pointers(body) == expected


@pytest.mark.parametrize(("form", "body", "expected"), CHANGES)
def test_a_fault_of_a_change_is_pointed_at(form: type[Struct], body: Any, expected: list[str]) -> None:
    assert pointers(body, form, "EMAIL") == expected


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b'{"name": "a", "name": "b"}', b'{"name": "a\\u0000"}'])
def test_what_is_no_object_is_refused(text: bytes) -> None:
    assert len(pointers(text)) == 1


@pytest.mark.parametrize("bad", [BAD, {}, {"value": ""}])
def test_no_more_than_twenty_faults_are_told(bad: Any) -> None:
    found = pointers(LIST | {"items": [bad] * 50})
    assert [pointer.split("/")[2] for pointer in found if pointer] == [str(n) for n in range(20)]


@pytest.mark.parametrize(("form", "name"), [(NewList, "items"), (ListPatch, "append"), (ListPatch, "remove")])
def test_a_list_of_more_items_than_allowed_is_refused(form: type[Struct], name: str) -> None:
    values: list[Any] = [f"{n}" for n in range(ITEMS_LIMIT + 1)]
    sent = {"name": "l", "type": "SERIAL"} if form is NewList else {}
    many = values if name == "remove" else [{"value": value} for value in values]
    assert pointers(sent | {name: many}, form, "SERIAL") == [f"/{name}"]
    assert decoded(sent | {name: many[1:]}, form, "SERIAL")[name].fingerprint.items == ITEMS_LIMIT


PAIRS = st.lists(
    st.tuples(st.text("1:-a", min_size=1, max_size=4), st.none() | st.text("1:-a", max_size=4)),
    max_size=4,
    unique_by=lambda pair: pair[0],
)


@given(PAIRS, PAIRS)
def test_the_digest_tells_lists_apart(one: Any, other: Any) -> None:
    def digest(pairs: Any) -> bytes:
        given = [{"value": value, "description": description} for value, description in pairs]
        return decoded({"name": "l", "type": "SERIAL", "items": given})["items"].fingerprint.digest

    assert (digest(one) == digest(other)) == (one == other)


def answer(count: int, when: datetime = NOW) -> ListAnswer:
    shown = tuple(ListItem(f"u{n}@a.example", None, when) for n in range(count))
    return ListAnswer(ID, "l", "EMAIL", None, count, when, when, shown if count < 10 else UNSET)


def test_the_log_has_the_items_of_a_short_list_and_the_digest_of_a_long_one() -> None:
    heading = {"name": "l", "type": "EMAIL", "description": None}
    short = [{"value": "u0@a.example"}, {"value": "u1@a.example"}]
    assert json.loads(to_document(answer(2), b"\7")) == heading | {"count": 2, "items": short}
    assert json.loads(to_document(answer(50), b"\7")) == heading | {"count": 50, "items_digest": "07"}


def test_times_are_not_part_of_what_the_log_has() -> None:
    assert to_document(answer(2), b"") == to_document(answer(2, datetime(2027, 1, 1, tzinfo=UTC)), b"")
