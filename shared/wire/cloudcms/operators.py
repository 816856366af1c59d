"""The operators of a query that look at one field, without those that hold a query of their own."""

import operator
from collections.abc import Iterable
from typing import Any

from shared.directory.errors import Refused
from shared.policy.entitlement.patterns import Pattern
from shared.wire.cloudcms.matching import (
    Among,
    At,
    Compared,
    Condition,
    Every,
    Present,
    Sized,
    Some,
    Way,
    Without,
    comparable,
)

VALUE_LIMIT = 1000
"""Values of one `$in`, `$nin` or `$all`."""
BOUNDS = {"$gt": operator.gt, "$gte": operator.ge, "$lt": operator.lt, "$lte": operator.le}
OPTIONS = {"": False, "i": True}


def equal(way: Way, values: Iterable[object]) -> Condition:
    """The field is one of these, or has it as a member."""
    return At(way, Among(frozenset(map(comparable, values))))


def condition(way: Way, name: str, value: Any) -> Condition:  # noqa: ANN401  # JSON
    """What one operator asks of a field; raises Refused for an unknown one, or for what it does not take."""
    match name:
        case "$eq":
            return equal(way, [value])
        case "$ne":
            return Without(equal(way, [value]))
        case "$in":
            return equal(way, _listed(name, value))
        case "$nin":
            return Without(equal(way, _listed(name, value)))
        case "$all":
            found = tuple(equal(way, [each]) for each in _listed(name, value))
            return Every(found) if found else Some(())
        case "$exists":
            return _exists(way, value)
        case "$size":
            return At(way, Sized(_size(value)))
    if name not in BOUNDS:
        raise Refused(f"unknown operator: `{name[:64]}`")
    return At(way, Compared(_bound(name, value), BOUNDS[name]))


def pattern_of(pattern: object, options: object) -> Pattern:
    """What `$regex` looks for; of the options there is `i`, for whatever case. Raises Refused."""
    if not isinstance(pattern, str):
        raise Refused("`$regex` takes a text")
    if not isinstance(options, str) or options not in OPTIONS:
        raise Refused("`$options` is `i`, or left out")
    return Pattern(pattern, folded=OPTIONS[options])


def _listed(name: str, value: object) -> list[Any]:
    if not isinstance(value, list) or len(value) > VALUE_LIMIT:
        raise Refused(f"`{name}` takes a list of at most {VALUE_LIMIT} values")
    return value


def _exists(way: Way, value: object) -> Condition:
    if not isinstance(value, bool):
        raise Refused("`$exists` is `true` or `false`")
    return At(way, Present()) if value else Without(At(way, Present()))


def _size(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Refused("`$size` is a number from 0")
    return value


def _bound(name: str, value: object) -> int | float | str:
    if not isinstance(value, int | float | str) or isinstance(value, bool):
        raise Refused(f"`{name}` takes a number or a text")
    return value
