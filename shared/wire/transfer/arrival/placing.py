"""Things as they are here, or are to be: under their ids here, with what they name by its ids here."""

from typing import NamedTuple
from uuid import UUID

from msgspec.structs import replace

from shared.wire.directory.records import GROUPS_LIMIT
from shared.wire.transfer.arrival.moving import moved_policy, moved_ruled
from shared.wire.transfer.arrival.settling import Absent, Settled
from shared.wire.transfer.arrival.things import (
    Assignment,
    Grant,
    Group,
    List,
    Membership,
    Policy,
    Resource,
    Ruled,
    Team,
    Thing,
    Who,
)


def placed(thing: Thing, own: str, settled: Settled) -> Thing:
    """A thing as it is here; raises Refused, Absent."""
    match thing:
        case Resource():
            return replace(thing, id=own)
        case Group():
            return replace(thing, id=own, members=tuple(sorted(set(map(settled.group, thing.members)))))
        case Policy():
            return moved_policy(thing, own, settled.ids)
        case Team():
            return replace(thing, id=own, group=settled.group(thing.group))
        case List():
            return replace(thing, id=UUID(own))
        case Ruled():
            return moved_ruled(thing, UUID(own), settled.ids)
        case _:
            return _held(thing, settled)


def _held(thing: Thing, settled: Settled) -> Thing:
    match thing:
        case Assignment(policy=policy, who=who):
            return Assignment(settled.policy(policy), settled.who(who))
        case Grant(on=on, role=role, who=who):
            return Grant(settled.on(on), role, settled.who(who))
        case _:
            return thing


class Joining(NamedTuple):
    """Those who are to be in a group and are not; and those who cannot be, most as they are not here."""

    membership: Membership
    absent: list[str]


def joining(thing: Membership, name: str, settled: Settled) -> Joining:
    """What a membership comes to, of a group of some name; raises Refused."""
    group, new, absent = settled.group(thing.group), dict[str, None](), list[str]()
    for who in thing.users:
        try:
            user = settled.user(who)
        except Absent:
            absent.append(who.name or who.id)
            continue
        if name in user.groups:
            continue
        if len(user.groups) < GROUPS_LIMIT:
            new[user.id] = None
        else:
            absent.append(f"{who.name or who.id}, who is in {GROUPS_LIMIT} groups already")
    return Joining(Membership(group, tuple(Who("user", each) for each in new)), absent)
