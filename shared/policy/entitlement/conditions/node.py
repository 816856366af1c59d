"""Conditions on nodes of content: names, types and features, which are properties that start with `_`."""

from msgspec import Struct

from shared.policy.entitlement.conditions.entity import matched
from shared.policy.entitlement.patterns import Pattern
from shared.policy.entitlement.resource import Resource

DEFINITIONS = frozenset({"d:type", "d:association", "d:feature"})


class Qname(Struct, frozen=True, tag="qname"):
    """Nodes by their own qualified name."""

    pattern: Pattern

    def holds(self, resource: Resource) -> bool:
        """By the property `_qname`."""
        return matched(self.pattern, resource.text("_qname"))


class TypeQname(Struct, frozen=True, tag="type-qname"):
    """Nodes of a type of content."""

    pattern: Pattern

    def holds(self, resource: Resource) -> bool:
        """By the property `_type`."""
        return matched(self.pattern, resource.text("_type"))


class Feature(Struct, frozen=True, tag="feature"):
    """Nodes that have a feature."""

    pattern: Pattern

    def holds(self, resource: Resource) -> bool:
        """By a key or a member of the property `_features`."""
        features = resource.properties.get("_features")
        if not isinstance(features, dict | list):
            return False
        return any(self.pattern.matches(name) for name in features if isinstance(name, str))


class Definition(Struct, frozen=True, tag="definition"):
    """Nodes that define types of content."""

    def holds(self, resource: Resource) -> bool:
        """By the property `_type`."""
        return resource.text("_type") in DEFINITIONS
