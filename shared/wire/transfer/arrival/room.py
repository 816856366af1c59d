"""Whether an account has room for what arrives: the same limits as for what clients send."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.wire import quotas
from shared.wire.transfer.arrival.here import Usage
from shared.wire.transfer.arrival.planned import Planned
from shared.wire.transfer.arrival.things import Assignment, Grant, List, Membership, Thing
from shared.wire.transfer.contents import Kind


class Limit(NamedTuple):
    """Of some kinds together, by the name that their number has in `Usage`."""

    usage: str
    most: int
    kinds: tuple[str, ...]
    what: str


NUMBERS = (
    Limit("roles", quotas.ROLES, (Kind.ROLE.value,), "roles"),
    Limit("resources", quotas.RESOURCES, (Kind.RESOURCE.value,), "resources"),
    Limit("groups", quotas.GROUPS, (Kind.GROUP.value,), "groups"),
    Limit("policies", quotas.ACCESS_POLICIES, (Kind.POLICY.value,), "access policies"),
    Limit("teams", quotas.TEAMS, (Kind.TEAM.value,), "teams"),
    Limit("assignments", quotas.ASSIGNMENTS, (Kind.ASSIGNMENT.value,), "assignments"),
    Limit("grants", quotas.GRANTS, (Kind.GRANT.value,), "grants"),
    Limit("lists", quotas.LISTS, (Kind.LIST.value,), "lists"),
    Limit("rule_groups", quotas.REUSABLES, (Kind.RULE_GROUP.value,), "rule groups"),
    Limit("reusable_policies", quotas.REUSABLES, (Kind.REUSABLE_POLICY.value,), "reusable policies"),
)
RULED = (Kind.RULE_GROUP.value, Kind.REUSABLE_POLICY.value)
BYTES = (
    Limit("resources_bytes", quotas.RESOURCES_BYTES, (Kind.RESOURCE.value,), "bytes of resources"),
    Limit("policies_bytes", quotas.ACCESS_POLICIES_BYTES, (Kind.POLICY.value,), "bytes of access policies"),
    Limit("teams_bytes", quotas.TEAMS_BYTES, (Kind.TEAM.value,), "bytes of teams"),
    Limit("ruled_bytes", quotas.REUSABLES_BYTES, RULED, "bytes of policies and rule groups"),
)


def roomy(planned: Sequence[Planned], usage: Usage) -> list[Planned]:
    """The same, with the first ones refused for which there is no room."""
    found = list(planned)
    for limits, size in ((NUMBERS, _number), (BYTES, _bytes)):
        for limit in limits:
            total = getattr(usage, limit.usage)
            for number, each in enumerate(found):
                more = size(each) if each.writes and each.change.kind in limit.kinds else 0
                total += more
                if more > 0 and total > limit.most:
                    message = f"an account has at most {limit.most} {limit.what}, delete some first"
                    found[number] = each.refused(message)
                    break
    return found


def _number(planned: Planned) -> int:
    return int(planned.change.action == "create")


def _bytes(planned: Planned) -> int:
    return _size(planned.after) - _size(planned.before)


def _size(thing: Thing | None) -> int:
    if thing is None or isinstance(thing, Assignment | Grant | Membership | List):
        return 0
    return len(thing.document)
