"""The grants that stand without being recorded: they make a start possible, and cannot be revoked."""

from shared.policy.entitlement.estate import EVERYONE, Granted, Holder
from shared.policy.entitlement.resource import Resource, folded

_ALL = Holder("group", EVERYONE)
CONNECTOR = Granted("everyone-connects", "connector", _ALL)
"""Everyone knows of the platform."""
CONSUMER = Granted("everyone-reads-principals", "consumer", _ALL)
"""Everyone reads of users and groups."""
ITSELF = "user-manages-itself"


def standing(resource: Resource) -> tuple[Granted, ...]:
    """The grants that stand on a resource, by its type and, of a user, its id."""
    match folded(resource.type or ""):
        case "platform":
            return (CONNECTOR,)
        case "group":
            return (CONSUMER,)
        case "user":
            owner = Granted(ITSELF, "manager", Holder("user", folded(resource.id or "")))
            return (CONSUMER, owner) if resource.id else (CONSUMER,)
        case _:
            return ()
