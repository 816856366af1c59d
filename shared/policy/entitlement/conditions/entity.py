"""Conditions on what a resource is and where: type, id, reference, path, properties, locale."""

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

from shared.policy.entitlement.patterns import Pattern
from shared.policy.entitlement.resource import Resource, property_of


def matched(pattern: Pattern, text: str | None) -> bool:
    """Whether there is a text, and it matches."""
    return text is not None and pattern.matches(text)


class Type(Struct, frozen=True, tag="type"):
    """Resources of a type."""

    pattern: Pattern

    def holds(self, resource: Resource) -> bool:
        """By the type's id."""
        return matched(self.pattern, resource.type)


class Id(Struct, frozen=True, tag="id"):
    """Resources by their id."""

    pattern: Pattern

    def holds(self, resource: Resource) -> bool:
        """By the id alone, whatever holds the resource."""
        return matched(self.pattern, resource.id)


class Reference(Struct, frozen=True, tag="reference"):
    """Resources by their whole reference; case does not count in one, and so not in the pattern."""

    pattern: Pattern

    def __post_init__(self) -> None:
        if not self.pattern.folded:
            force_setattr(self, "pattern", Pattern(self.pattern.text, folded=True))

    def holds(self, resource: Resource) -> bool:
        """By the reference as it is, in whatever case."""
        return self.pattern.matches(resource.reference)


class Path(Struct, frozen=True, tag="path"):
    """Resources by where they lie."""

    pattern: Pattern

    def holds(self, resource: Resource) -> bool:
        """By any path that leads to it."""
        for path in resource.paths:  # noqa: SIM110  # the generator of any() takes as long as a match
            if self.pattern.matches(path):
                return True
        return False


class Property(Struct, frozen=True, tag="property"):
    """Resources with a property that matches: a text, or a number or truth value by its JSON."""

    name: str
    pattern: Pattern

    def holds(self, resource: Resource) -> bool:
        """Of a list, any member will do."""
        value = property_of(resource.properties, self.name)
        members = value if isinstance(value, list) else [value]
        return any(matched(self.pattern, _text(member)) for member in members)


class PropertyIs(Struct, frozen=True, tag="property_is"):
    """Resources with a property of just this JSON value, which is no text."""

    name: str
    value: Any

    def holds(self, resource: Resource) -> bool:
        """Of a list, any member will do, and so does all of it."""
        found = property_of(resource.properties, self.name)
        return _same(found, self.value) or (
            isinstance(found, list) and any(_same(member, self.value) for member in found)
        )


class Locale(Struct, frozen=True, tag="locale"):
    """Translations into a locale."""

    pattern: Pattern

    def holds(self, resource: Resource) -> bool:
        """By the property `locale`."""
        return matched(self.pattern, resource.text("locale"))


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode() if isinstance(value, int | float) else None


def _same(first: object, second: object) -> bool:
    """Equality as JSON has it: `true` is not 1, though 1.0 is."""
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(_same, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(_same(first[name], second[name]) for name in first)
    return first == second
