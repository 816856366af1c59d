"""All kinds of condition as one closed type, and the three that join others."""

from msgspec import Struct

from shared.policy.entitlement.conditions.entity import (
    Id,
    Locale,
    Path,
    Property,
    PropertyIs,
    Reference,
    Type,
)
from shared.policy.entitlement.conditions.node import Definition, Feature, Qname, TypeQname
from shared.policy.entitlement.conditions.place import Branch, Changeset, Datastore
from shared.policy.entitlement.resource import Resource


class And(Struct, frozen=True, tag="and"):
    """All of some conditions."""

    conditions: tuple["Condition", ...]

    def holds(self, resource: Resource) -> bool:
        """Of none all hold."""
        return all(condition.holds(resource) for condition in self.conditions)


class Or(Struct, frozen=True, tag="or"):
    """Any of some conditions."""

    conditions: tuple["Condition", ...]

    def holds(self, resource: Resource) -> bool:
        """Of none none holds."""
        return any(condition.holds(resource) for condition in self.conditions)


class Not(Struct, frozen=True, tag="not"):
    """What a condition does not hold of, be it for want of the fact."""

    condition: "Condition"

    def holds(self, resource: Resource) -> bool:
        """One or the other: there is no third value."""
        return not self.condition.holds(resource)


EntityCondition = Type | Id | Reference | Path | Property | PropertyIs | Locale
NodeCondition = Qname | TypeQname | Feature | Definition
PlaceCondition = Datastore | Branch | Changeset
Condition = EntityCondition | NodeCondition | PlaceCondition | And | Or | Not
