"""What has to be known of an account before things arrive in it: what they are called, and what they name."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct, field

from shared.directory.errors import Refused
from shared.directory.login import address_in
from shared.wire.cloudcms import references
from shared.wire.transfer.arrival.here import Place, place
from shared.wire.transfer.arrival.things import (
    Arrival,
    Assignment,
    Grant,
    Group,
    Membership,
    Policy,
    Resource,
    Ruled,
    Team,
    Who,
)
from shared.wire.transfer.contents import Kind


class Needs(Struct, frozen=True):
    """Keys to look up. Roles and lists, of which there are few, are looked at all of them.

    So are assignments and grants, if there are any in the archive.
    """

    assignments: bool = False
    grants: bool = False
    references: set[str] = field(default_factory=set)
    resource_ids: set[str] = field(default_factory=set)
    group_ids: set[str] = field(default_factory=set)
    group_names: set[str] = field(default_factory=set)
    policies: set[str] = field(default_factory=set)
    teams: set[str] = field(default_factory=set)
    places: set[Place] = field(default_factory=set)
    user_ids: set[UUID] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    rule_groups: set[UUID] = field(default_factory=set)
    reusable_policies: set[UUID] = field(default_factory=set)


def needs(arrivals: Sequence[Arrival], into: str | None = None) -> Needs:
    """What has to be known of the account; `into` is a policy that is to be written."""
    kinds = {each.kind for each in arrivals}
    found = Needs(assignments=Kind.ASSIGNMENT in kinds, grants=Kind.GRANT in kinds)
    if into is not None:
        found.policies.add(into)
    for each in arrivals:
        found.rule_groups.update(named.id for named in each.names if named.kind == "group")
        _thing(found, each)
    return found


def _thing(found: Needs, arrival: Arrival) -> None:  # noqa: C901  # one case a kind
    match arrival.thing:
        case Resource(id=own, reference=reference):
            found.resource_ids.add(own)
            found.references.add(reference)
        case Group(id=own, name=name, members=members):
            found.group_ids.update((own, *members))
            found.group_names.add(name)
        case Policy(id=own):
            found.policies.add(own)
        case Team() as team:
            found.teams.add(team.id)
            found.places.add(place(team.within, team.key))
            found.group_ids.add(team.group)
        case Assignment(policy=policy, who=who):
            found.policies.add(policy)
            _who(found, who)
        case Grant(on=on, who=who):
            _who(found, who)
            _permissioned(found, on)
        case Membership(group=group, users=users):
            found.group_ids.add(group)
            for user in users:
                _who(found, user)
        case Ruled(kind="group", id=ruled):
            found.rule_groups.add(ruled)
        case Ruled(id=ruled):
            found.reusable_policies.add(ruled)


def _who(found: Needs, who: Who) -> None:
    match who.kind:
        case "user":
            _user(found, who.id)
            if who.name is not None and (address := address_in(who.name)) is not None:
                found.addresses.add(address)
        case "group":
            found.group_ids.add(who.id)
            if who.name is not None:
                found.group_names.add(who.name)
        case "team":
            found.teams.add(who.id)


def _user(found: Needs, text: str) -> None:
    try:
        found.user_ids.add(UUID(text))
    except ValueError:
        return  # an id that nobody here can have


def _permissioned(found: Needs, on: str) -> None:
    try:
        reference = references.parse(on)
    except Refused:
        return
    match reference.type:
        case "accesspolicy":
            found.policies.add(reference.id)
        case "group":
            found.group_ids.add(reference.id)
        case "team":
            found.teams.add(reference.id)
        case "user":
            _user(found, reference.id)
        case _:
            found.references.add(on)
