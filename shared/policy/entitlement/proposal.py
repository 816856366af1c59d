"""What an account's estate would be with other policies than it has."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from shared.policy.entitlement.estate import EVERYONE, Estate, Holder
from shared.policy.entitlement.policy import Policy

ALL = frozenset({Holder("group", EVERYONE)})


class Proposal(Struct, frozen=True):
    """A policy as it would be, and whom it would be assigned to; it stands for one that has its id."""

    policy: Policy
    holders: frozenset[Holder] = frozenset()


def added(estate: Estate, proposals: Iterable[Proposal]) -> Estate:
    """The estate with policies on top of those in force.

    Each is held by those who hold it anyway and by those whom it would be assigned to; if that is nobody, by
    everyone.
    """
    has, proposals = _holders(estate), tuple(proposals)
    assigned = {holder: dict.fromkeys(policies) for holder, policies in estate.assigned.items()}
    for each in proposals:
        policy = each.policy.id
        for holder in has.get(policy, frozenset()) | each.holders or ALL:
            assigned.setdefault(holder, {})[policy] = None
    policies = {**estate.policies, **{each.policy.id: each.policy for each in proposals}}
    return replace(
        estate, policies=policies, assigned={holder: tuple(held) for holder, held in assigned.items()}
    )


def instead(estate: Estate, proposals: Iterable[Proposal]) -> Estate:
    """The estate with policies instead of those in force; grants and roles of teams stay.

    Each is held by those whom it would be assigned to, else by those who hold it anyway, else by everyone.
    """
    has, proposals = _holders(estate), tuple(proposals)
    assigned = defaultdict[Holder, list[str]](list)
    for each in proposals:
        for holder in each.holders or has.get(each.policy.id) or ALL:
            assigned[holder].append(each.policy.id)
    return replace(
        estate,
        policies={each.policy.id: each.policy for each in proposals},
        assigned={holder: tuple(held) for holder, held in assigned.items()},
    )


def _holders(estate: Estate) -> Mapping[str, frozenset[Holder]]:
    found = defaultdict[str, set[Holder]](set)
    for holder, policies in estate.assigned.items():
        for policy in policies:
            found[policy].add(holder)
    return {policy: frozenset(holders) for policy, holders in found.items()}
