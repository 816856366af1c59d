"""Statements and policies, and the order in which they count: the last that matches wins, role by role."""

from collections.abc import Callable, Iterable
from enum import Enum

from msgspec import Struct

from shared.policy.entitlement.conditions.kinds import Condition
from shared.policy.entitlement.resource import Resource

UNORDERED = -1
"""The order of a policy that says none: before all that have one."""


Pause = Callable[[], object]
"""What is called before each condition is asked: it may raise, where that has taken long enough."""


class Action(Enum):
    """What a statement does with its roles, by its name on the wire."""

    GRANT = "grant"
    REVOKE = "revoke"


class Scope(Enum):
    """Where a policy counts, by its name on the wire: everywhere, or only in projects."""

    PLATFORM = "platform"
    PROJECT = "project"


class Statement(Struct, frozen=True):
    """Roles, in small letters, granted or revoked where all conditions hold; without any, everywhere."""

    action: Action
    roles: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()

    def applies(self, resource: Resource, pause: Pause = int) -> bool:
        """Whether all of its conditions hold."""
        for condition in self.conditions:
            pause()
            if not condition.holds(resource):
                return False
        return True


class Policy(Struct, frozen=True):
    """One policy; a higher order counts later, and so wins."""

    id: str
    statements: tuple[Statement, ...]
    order: int | float = UNORDERED
    scope: Scope = Scope.PLATFORM


def in_order(policies: Iterable[Policy]) -> list[Policy]:
    """Policies as they are evaluated; of the same order, by id."""
    return sorted(policies, key=lambda policy: (policy.order, policy.id))
