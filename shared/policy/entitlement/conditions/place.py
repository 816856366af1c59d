"""Conditions on what holds a resource: datastore, branch, changeset."""

from msgspec import Struct

from shared.policy.entitlement.conditions.entity import matched
from shared.policy.entitlement.patterns import Pattern
from shared.policy.entitlement.resource import Resource


def _fits(pattern: Pattern | None, text: str | None) -> bool:
    return pattern is None or matched(pattern, text)


class Datastore(Struct, frozen=True, tag="datastore"):
    """A datastore and what is inside; of one datastore, all that is asked must match."""

    type_id: Pattern | None = None
    id: Pattern | None = None
    title: Pattern | None = None

    def holds(self, resource: Resource) -> bool:
        """By any datastore around it, at whatever distance, and by itself."""
        return any(
            _fits(self.type_id, store.type) and _fits(self.id, store.id) and _fits(self.title, store.title)
            for store in resource.datastores()
        )


class Branch(Struct, frozen=True, tag="branch"):
    """What is on a branch; all that is asked must match."""

    id: Pattern | None = None
    title: Pattern | None = None
    alias: Pattern | None = None

    def holds(self, resource: Resource) -> bool:
        """By the branch it is on, if it is on one."""
        branch = resource.branch
        return branch is not None and (
            _fits(self.id, branch.id) and _fits(self.title, branch.title) and _fits(self.alias, branch.alias)
        )


class Changeset(Struct, frozen=True, tag="changeset"):
    """What was written with a changeset."""

    pattern: Pattern

    def holds(self, resource: Resource) -> bool:
        """By the changeset's id."""
        return matched(self.pattern, resource.changeset)
