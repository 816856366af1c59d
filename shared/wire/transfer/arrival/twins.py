"""What of an account is the same thing as one that arrives; and the ids that things get here.

A role, a resource, a group, a team of something are known by their keys and names, whatever their ids. Of
anything else another is another, unless the strategy keeps ids.
"""

import re
from collections.abc import Sequence

from shared.policy.entitlement.estate import EVERYONE
from shared.wire.cloudcms.shipped import system_policies
from shared.wire.transfer.arrival.here import Here, place
from shared.wire.transfer.arrival.moving import UUIDS, new_ids
from shared.wire.transfer.arrival.things import (
    Arrival,
    Group,
    List,
    Policy,
    Resource,
    Role,
    Ruled,
    Team,
    Thing,
)
from shared.wire.transfer.contents import Key, Kind
from shared.wire.transfer.requests import Strategy

ID = re.compile(r"[0-9a-z][0-9a-z._-]{0,127}")
"""An id that can stay: in small letters, for case does not count in references."""
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
WITH_IDS = (Kind.RESOURCE, Kind.GROUP, Kind.POLICY, Kind.TEAM, *UUIDS)


def natural(thing: Thing) -> object:
    """What no two things of a kind have in common, here or in an archive; None for what has nothing so."""
    match thing:
        case Role(key=key):
            return key
        case Resource(reference=reference):
            return reference
        case Group(name=name):
            return name
        case Team() as team:
            return place(team.within, team.key)
        case List(id=own) | Ruled(id=own):
            return own
        case _:
            return None


def known(thing: Thing, here: Here) -> Thing | None:
    """What is here under the same key or name."""
    match thing:
        case Role(key=key):
            return here.roles.get(key)
        case Resource(reference=reference):
            return here.resources.get(reference)
        case Group(name=name):
            return here.groups.get(here.group_names.get(name, ""))
        case Team() as team:
            return here.teams.get(here.places.get(place(team.within, team.key), ""))
        case _:
            return None


def by_id(thing: Thing, here: Here) -> Thing | None:
    """What is here under the same id, of things that are known by nothing else."""
    match thing:
        case Policy(id=own):
            return here.policies.get(own)
        case List(id=listed):
            return here.lists.get(listed)
        case Ruled(kind=kind, id=ruled):
            return here.ruled.get((kind, ruled))
        case _:
            return None


def ids(
    arrivals: Sequence[Arrival], here: Here, strategy: Strategy, seed: bytes, into: str | None
) -> dict[Key, str]:
    """What things of an archive are called here; the one policy may be called `into`."""
    found, new = dict[Key, str](), list[Key]()
    for each in arrivals:
        if each.thing is None or each.kind not in (*WITH_IDS, Kind.GRANT):
            continue
        twin = known(each.thing, here)
        if into is not None and each.kind is Kind.POLICY:
            found[each.key] = into
        elif isinstance(twin, Resource | Group | Team):
            found[each.key] = twin.id
        elif strategy is Strategy.CLONE and (each.kind is not Kind.GRANT or ID.fullmatch(each.key.id)):
            found[each.key] = each.key.id.lower() if each.kind in UUIDS else each.key.id
        else:
            new.append(each.key)
    return found | new_ids(new, seed)


def unfit(key: Key, own: str, here: Here) -> str | None:
    """Why something that is not here yet cannot have an id; None if it can."""
    if key.kind in UUIDS:
        return None
    taken = {Kind.RESOURCE: here.resource_ids, Kind.GROUP: here.groups, Kind.TEAM: here.teams}
    if own in taken.get(key.kind, ()):
        return f"another {key.kind.value} here has the id `{own[:64]}`"
    odd = ID.fullmatch(own) is None or (key.kind is Kind.GROUP and UUID_TEXT.fullmatch(own) is not None)
    if odd or own in (EVERYONE, *system_policies()):
        return f"the id `{own[:64]}` is none that can be kept: import with `COPY_EVERYTHING`"
    return None
