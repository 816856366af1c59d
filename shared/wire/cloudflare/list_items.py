"""The items of a list: what is sent, what is answered, and the canonical form by which each is there once."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from socket import AF_INET, AF_INET6, inet_ntop
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Struct

from shared.directory.email import canonical_email
from shared.directory.errors import Refused
from shared.directory.network import parse_network
from shared.wire.faults import LIMIT, Fault, child, from_validation

ITEMS_LIMIT = 100_000

Description = Annotated[str, Meta(max_length=1000)]
# As long as an index takes, whatever letters it has.
Value = Annotated[str, Meta(min_length=1, max_length=600)]


class ListItemObject(Struct, forbid_unknown_fields=True):
    """An item as it is sent; `created_at` comes back from answers, and is ignored."""

    value: Value
    description: Description | None = None
    created_at: Any = UNSET


Items = Annotated[list[ListItemObject], Meta(max_length=ITEMS_LIMIT)]
Values = Annotated[list[Value], Meta(max_length=ITEMS_LIMIT)]


class ListItem(Struct, frozen=True):
    """An item as it is answered, its value as it was sent."""

    value: str
    description: str | None
    created_at: datetime


class Columns(NamedTuple):
    """Items by column."""

    values: list[str]
    canonicals: list[str]
    descriptions: list[str | None]


class Fingerprint(NamedTuple):
    """How many items a list has, and the digest of them in their order."""

    items: int
    digest: bytes


class Entries(NamedTuple):
    """Items of which no two have the same canonical value."""

    columns: Columns
    fingerprint: Fingerprint


class _Place(NamedTuple):
    """What stands in a member that has values, and the way from there to the value."""

    form: Any
    step: str


# The members of a body that have values.
PLACES = {
    "items": _Place(ListItemObject, "/value"),
    "append": _Place(ListItemObject, "/value"),
    "remove": _Place(Value, ""),
}


def partly(given: object, name: str, error: msgspec.ValidationError, faults: list[Fault]) -> list[Any] | None:
    """What is right of a member that is not, None for what is wrong: all faults are told at once."""
    if not isinstance(given, list) or len(given) > ITEMS_LIMIT:
        faults.append(from_validation(error, child("", name)))
        return None
    found: list[Any] = []
    for number, each in enumerate(given):
        try:
            found.append(msgspec.convert(each, PLACES[name].form, strict=True))
        except msgspec.ValidationError as fault:
            faults.append(from_validation(fault, child(child("", name), number)))
            found.append(None)
        if len(faults) >= LIMIT:
            break
    return found


def entries(
    given: Iterable[ListItemObject | str | None], kind: str | None, name: str, faults: list[Fault]
) -> Entries:
    """The items of a member for a list of some type: of equal ones the first. Adds to `faults`."""
    canonical, found = CANONICAL.get(kind or "", str), dict[str, ListItemObject]()
    for number, each in enumerate(given):
        if each is None:
            continue
        item = ListItemObject(each) if isinstance(each, str) else each
        try:
            found.setdefault(canonical(item.value), item)
        except Refused as refusal:
            faults.append(Fault(str(refusal), f"/{name}/{number}{PLACES[name].step}"))
            if len(faults) >= LIMIT:
                break
    items = found.values()
    columns = Columns([each.value for each in items], list(found), [each.description for each in items])
    return Entries(columns, Fingerprint(len(found), _digest(columns)))


def _digest(columns: Columns) -> bytes:
    """As the store's query makes it: each text behind its length, so that none runs into another."""
    pairs = zip(columns.values, columns.descriptions, strict=True)
    texts = (f"{len(v)}:{v}-" if d is None else f"{len(v)}:{v}{len(d)}:{d}" for v, d in pairs)
    return hashlib.sha256("".join(texts).encode()).digest()


def _canonical_network(given: str) -> str:
    """The shortest form of a network: without a prefix where it is one address."""
    first, last = parse_network(given)
    text = inet_ntop(AF_INET6 if len(first) > 4 else AF_INET, first)  # noqa: PLR2004  # bytes of IPv4
    hosts = int.from_bytes(first, "big") ^ int.from_bytes(last, "big")
    return f"{text}/{len(first) * 8 - hosts.bit_length()}" if hosts else text


CANONICAL: dict[str, Callable[[str], str]] = {"EMAIL": canonical_email, "IP": _canonical_network}
EMPTY = entries((), None, "items", [])
