"""What a query can ask of a document, as MongoDB means it: a closed set of conditions.

A path into a list leads to each of its members that is an object, and by a number to one member. What is
asked of a list holds if it holds of all of it or of a member. What is missing equals null.
"""

from collections.abc import Callable, Hashable
from typing import Any

from msgspec import Struct

from shared.policy.entitlement.patterns import Pattern
from shared.policy.entitlement.resource import MISSING

Way = tuple[str, ...]
"""The names on the way down to a value."""
Pause = Callable[[], object]
"""What is called before each look into a document: it may raise, where that has taken long enough."""


def comparable(value: object) -> Hashable:
    """What is the same for values that JSON takes for equal: `true` is not 1, though 1.0 is."""
    if isinstance(value, bool):
        return bool, value
    if isinstance(value, list):
        return list, tuple(map(comparable, value))
    if isinstance(value, dict):
        return dict, frozenset((name, comparable(member)) for name, member in value.items())
    return None if value is MISSING else value


def values(document: object, way: Way) -> list[Any]:
    """What stands at the end of a way, MISSING where there is nothing; several where a list is on the way."""
    if not way:
        return [document]
    name, rest = way[0], way[1:]
    if isinstance(document, dict):
        return values(document[name], rest) if name in document else [MISSING]
    if not isinstance(document, list):
        return [MISSING]
    found = [each for member in document if isinstance(member, dict) for each in values(member, way)]
    if name.isascii() and name.isdigit():
        number = int(name)
        found += values(document[number], rest) if number < len(document) else [MISSING]
    return found


def _alternatives(value: object) -> list[Any]:
    return [value, *value] if isinstance(value, list) else [value]


class Among(Struct, frozen=True):
    """One of some values, as `comparable` has them."""

    wanted: frozenset[Hashable]

    def passes(self, value: object, _: Pause) -> bool:
        """All of it or a member."""
        return any(comparable(each) in self.wanted for each in _alternatives(value))


class Compared(Struct, frozen=True):
    """A number beside a number or a text beside a text, in order."""

    than: int | float | str
    holds: Callable[[Any, Any], bool]

    def passes(self, value: object, _: Pause) -> bool:
        """It or a member; what is of another kind never does."""
        kind = str if isinstance(self.than, str) else (int, float)
        return any(
            isinstance(each, kind) and not isinstance(each, bool) and self.holds(each, self.than)
            for each in _alternatives(value)
        )


class Matching(Struct, frozen=True):
    """A text, part of which matches."""

    pattern: Pattern

    def passes(self, value: object, _: Pause) -> bool:
        """It or a member."""
        return any(isinstance(each, str) and self.pattern.found_in(each) for each in _alternatives(value))


class Present(Struct, frozen=True):
    """Anything at all, be it null."""

    def passes(self, value: object, _: Pause) -> bool:
        """By being there."""
        return value is not MISSING


class Sized(Struct, frozen=True):
    """A list of so many members."""

    size: int

    def passes(self, value: object, _: Pause) -> bool:
        """The list itself."""
        return isinstance(value, list) and len(value) == self.size


class Holding(Struct, frozen=True):
    """A list with a member of which all of a condition holds."""

    condition: "Condition"

    def passes(self, value: object, pause: Pause) -> bool:
        """Any member, but the same for all."""
        return isinstance(value, list) and any(self.condition.matches(each, pause) for each in value)


class At(Struct, frozen=True):
    """A test of what stands at the end of a way; of several, one has to pass."""

    way: Way
    test: Among | Compared | Matching | Present | Sized | Holding

    def matches(self, document: object, pause: Pause) -> bool:
        """Whether the condition holds."""
        pause()
        return any(self.test.passes(value, pause) for value in values(document, self.way))


class Every(Struct, frozen=True):
    """All of some conditions."""

    conditions: tuple["Condition", ...]

    def matches(self, document: object, pause: Pause) -> bool:
        """Of none all hold."""
        return all(condition.matches(document, pause) for condition in self.conditions)


class Some(Struct, frozen=True):
    """Any of some conditions."""

    conditions: tuple["Condition", ...]

    def matches(self, document: object, pause: Pause) -> bool:
        """Of none none holds."""
        return any(condition.matches(document, pause) for condition in self.conditions)


class Without(Struct, frozen=True):
    """Documents of which a condition does not hold."""

    condition: "Condition"

    def matches(self, document: object, pause: Pause) -> bool:
        """One or the other."""
        return not self.condition.matches(document, pause)


class IsObject(Struct, frozen=True):
    """What is an object, for queries of a list's members."""

    def matches(self, document: object, _: Pause) -> bool:
        """By its kind."""
        return isinstance(document, dict)


Condition = At | Every | Some | Without | IsObject
