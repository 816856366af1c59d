"""Which lists a list of lists shows, and in what order. An account has few enough to look at them all."""

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal, get_args

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.wire.cloudflare.lists import ListAnswer, ListType

FILTER = re.compile(rf"^(name|id):|^type:({'|'.join(get_args(ListType))})$|^item_count:[0-9]{{1,9}}$")
FILTERS = 10
Filter = Annotated[str, Meta(extra_json_schema={"pattern": FILTER.pattern})]

ORDERS: dict[str, Callable[[ListAnswer], Any]] = {
    "name": lambda each: (each.name.casefold(), each.name),
    "created_at": lambda each: each.created_at,
    "updated_at": lambda each: each.updated_at,
    "item_count": lambda each: each.count,
}
FALLING = {"created_at", "updated_at"}


class ListsQuery(Struct, frozen=True):
    """Which lists, and in what order; each `filter` is `field:value`, and all of them hold.

    `name` and `id` have the value in them, `type` and `item_count` are it. Without `order_by` the oldest come
    first; with it times fall and the rest rises, unless `direction` says otherwise.
    """

    type: ListType | UnsetType = UNSET
    search: str | UnsetType = UNSET
    filter: Annotated[tuple[Filter, ...], Meta(max_length=FILTERS)] = ()
    order_by: Literal["name", "created_at", "updated_at", "item_count"] | UnsetType = UNSET
    direction: Literal["asc", "desc"] | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Raises ValueError for a filter that is none."""
        if not all(map(FILTER.search, self.filter)):
            raise ValueError("give `name:…`, `id:…`, `type:` with a type, or `item_count:` with a number")


def select(lists: Iterable[ListAnswer], asked: ListsQuery) -> list[ListAnswer]:
    """Those that are asked for, in the order asked for; `lists` are the oldest first."""
    filters = [each.partition(":") for each in asked.filter]
    if asked.type is not UNSET and not any(field == "type" for field, _, _ in filters):
        filters.append(("type", ":", asked.type))
    found = [each for each in lists if all(_holds(each, field, value) for field, _, value in filters)]
    if asked.search is not UNSET:
        sought = asked.search.casefold()
        found = [each for each in found if sought in each.name.casefold() or _described(each, sought)]
    falling = asked.direction == "desc" or (asked.direction is UNSET and asked.order_by in FALLING)
    return sorted(found, key=ORDERS[asked.order_by or "created_at"], reverse=falling)


def _described(each: ListAnswer, sought: str) -> bool:
    return each.description is not None and sought in each.description.casefold()


def _holds(each: ListAnswer, field: str, value: str) -> bool:
    match field:
        case "name":
            return value.casefold() in each.name.casefold()
        case "id":
            return value.lower().replace("-", "") in each.id.hex
        case "type":
            return each.type == value.strip()
        case _:
            return each.count == int(value)
