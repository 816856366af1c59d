"""Which part of a list, in which order: `skip`, `limit`, `sort`, in all the ways that clients write them."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from services.gateway.cloudcms.answers import refused
from shared.directory.errors import Refused
from shared.wire import json_text

LIMIT = 25
"""Rows where a client does not say how many."""
MOST = 10_000
"""Rows of one answer, where it asks for all."""
SORTS = 4
PATH = re.compile(r"[^\x00]{1,256}")
SQUARE = re.compile(r"sort\[([^\]]{1,256})\]")
DIRECTIONS = {"1": 1, "-1": -1, "asc": 1, "desc": -1}

Row = TypeVar("Row")
Keys = tuple[tuple[int, Any], ...]
"""What a row is sorted by, first things first."""


class Listing(Struct, frozen=True):
    """A part of a list: `limit` -1 is all of it. `sort` is JSON, `{"title": 1}`; or `sort[title]=1`."""

    skip: Annotated[int, Meta(ge=0, le=10**12)] = 0
    limit: Annotated[int, Meta(ge=-1, le=10**12)] = LIMIT
    sort: str | None = None

    @property
    def most(self) -> int:
        """How many rows at most."""
        return MOST if self.limit < 0 else min(self.limit, MOST)


class Sort(NamedTuple):
    """A field by its way down, with dots, and 1 for ascending, -1 for descending."""

    field: str
    direction: int


def sorts(request: web.Request) -> tuple[Sort, ...]:
    """What a request wants its rows sorted by, first things first; raises Faulty."""
    given = [(found[1], text) for name, text in request.query.items() if (found := SQUARE.fullmatch(name))]
    if not given and (text := request.query.get("sort")):
        try:
            decoded = json_text.parse(text.encode(errors="surrogatepass"))
        except Refused:
            decoded = None
        if not isinstance(decoded, dict):
            raise refused('`sort` is a JSON object: `{"title": 1}`')
        given = [(field, json.dumps(direction).strip('"')) for field, direction in decoded.items()]
    if len(given) > SORTS:
        raise refused(f"`sort` names at most {SORTS} fields")
    return tuple(Sort(field, _direction(field, text)) for field, text in given)


def _direction(field: str, text: str) -> int:
    if text.lower() not in DIRECTIONS or not PATH.fullmatch(field):
        raise refused(f"`sort` of `{field[:64]}` is 1 (ascending) or -1 (descending)")
    return DIRECTIONS[text.lower()]


def value_at(document: Mapping[str, Any], path: str) -> object:
    """A member by its way down, with dots; None if there is none."""
    found: object = document
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def in_order(rows: Iterable[dict[str, Any]], by: tuple[Sort, ...]) -> list[dict[str, Any]]:
    """Rows, sorted; those alike stay in their order. What has no value stands first."""
    return by_keys([(keys(row, by), row) for row in rows], by)


def keys(document: Mapping[str, Any], by: tuple[Sort, ...]) -> Keys:
    """What a document is sorted by."""
    return tuple(_key(value_at(document, each.field)) for each in by)


def by_keys(rows: list[tuple[Keys, Row]], by: tuple[Sort, ...]) -> list[Row]:
    """Rows, sorted as `in_order` does, by keys that were taken of them before."""
    for place, (_, direction) in reversed([*enumerate(by)]):
        rows.sort(key=lambda row: row[0][place], reverse=direction < 0)
    return [row for _, row in rows]


def _key(value: object) -> tuple[int, Any]:
    """Kinds of values one after the other, as MongoDB has them; within one by value."""
    match value:
        case None:
            return 0, 0
        case bool():
            return 4, value
        case int() | float():
            return 1, value
        case str():
            return 2, value
    return 3, msgspec.json.encode(value)
