"""From things that arrive, and what an account has, to changes: pure, and the same for the same state.

Under CLONE what is here is brought up to date. Under COPY_EVERYTHING nothing that is here is changed: what is
known by a key or name stays if it says the same, and else the archive is refused, for its policies would mean
something else. Groups stay as they are: who is in one is for each directory to say.

What is refused refuses the whole archive, but for what is about principals who are not here.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from msgspec.structs import replace

from shared.directory.errors import Refused
from shared.wire.transfer.arrival import twins
from shared.wire.transfer.arrival.changes import Action, Change
from shared.wire.transfer.arrival.here import Here
from shared.wire.transfer.arrival.moving import moved_name
from shared.wire.transfer.arrival.nesting import acyclic
from shared.wire.transfer.arrival.placing import joining, placed
from shared.wire.transfer.arrival.planned import Planned
from shared.wire.transfer.arrival.room import roomy
from shared.wire.transfer.arrival.settling import Absent, Settled
from shared.wire.transfer.arrival.things import (
    Arrival,
    Assignment,
    Grant,
    Group,
    List,
    Membership,
    Resource,
    Role,
    Team,
    Thing,
    called,
    same,
)
from shared.wire.transfer.contents import Key, Kind
from shared.wire.transfer.requests import Strategy
from shared.wire.transfer.requirements import ORDER

STAYS = "it says something else here: import with `CLONE`, which changes it"
SHOWN = 10
"""Of members who are not here, so many are named."""
GROUP_STAYS = "the group here says something else of itself, and stays as it is"


class Choice(NamedTuple):
    """How things come into which account: `seed` makes new ids; `into` is where the one policy comes."""

    account: UUID
    strategy: Strategy
    seed: bytes
    into: str | None = None


def plan(arrivals: Sequence[Arrival], here: Here, choice: Choice) -> list[Planned]:
    """What becomes of each thing that arrives, in the order of kinds."""
    settled = _settled(arrivals, here, choice)
    planning = _Planning(settled, choice, arrivals)
    ordered = sorted(arrivals, key=lambda each: ORDER[each.kind])
    found = [planned for each in ordered for planned in planning.of(each)]
    return roomy(acyclic(found, here), here.usage)


def _settled(arrivals: Sequence[Arrival], here: Here, choice: Choice) -> Settled:
    things = [each.thing for each in arrivals]
    found = twins.ids(arrivals, here, choice.strategy, choice.seed, choice.into)
    return Settled(
        *(choice.account, here, found, frozenset(each.key for each in things if isinstance(each, Role))),
        frozenset(each.reference for each in things if isinstance(each, Resource)),
        {str(each.id): each.type for each in things if isinstance(each, List)},
    )


class _Planning:
    """The things of an archive so far."""

    def __init__(self, settled: Settled, choice: Choice, arrivals: Sequence[Arrival]) -> None:
        self._settled, self._choice = settled, choice
        self._policies = sum(each.kind is Kind.POLICY for each in arrivals)
        self._group_names = {
            each.key.id: each.thing.name for each in arrivals if isinstance(each.thing, Group)
        }
        self._seen = set[object]()

    def of(self, arrival: Arrival) -> list[Planned]:
        """What becomes of one."""
        thing = arrival.thing
        if thing is None:
            return [_refused(arrival, "; ".join(arrival.faults), fatal=True)]
        try:
            self._check(arrival, thing)
            if isinstance(thing, Membership):
                return self._membership(arrival, thing)
            return [self._decided(arrival, thing)]
        except Absent as absent:
            return [_refused(arrival, str(absent), fatal=False)]
        except Refused as refusal:
            return [_refused(arrival, str(refusal), fatal=True)]

    def _check(self, arrival: Arrival, thing: Thing) -> None:
        """Raises Refused for what names what is not there, or stands there twice."""
        for role in arrival.roles:
            self._settled.role(role)
        self._settled.names(arrival.names)
        if (own := twins.natural(thing)) is not None and not self._first((arrival.kind, own)):
            raise Refused("it stands twice in the archive")

    def _first(self, what: object) -> bool:
        """Whether something was not there before."""
        before = len(self._seen)
        self._seen.add(what)
        return len(self._seen) > before

    def _decided(self, arrival: Arrival, thing: Thing) -> Planned:
        own = self._settled.ids.get(arrival.key, arrival.key.id)
        after = placed(thing, own, self._settled)
        twin = self._twin(arrival, after, own)
        own = after.policy if isinstance(after, Assignment) else own
        names = tuple(moved_name(each, self._settled.ids) for each in arrival.names)
        if twin is None:
            self._check_new(arrival.key, after, own)
            return Planned(_change("create", arrival, own), None, after, names)
        if same(twin, after):
            return Planned(_change("leave", arrival, own), twin, twin)
        if self._choice.strategy is not Strategy.CLONE and not self._is_target(arrival):
            if not isinstance(thing, Group):
                raise Refused(STAYS)
            return Planned(replace(_change("leave", arrival, own), message=GROUP_STAYS), twin, twin)
        _check_changed(twin, after)
        return Planned(_change("change", arrival, own), twin, after, names)

    def _is_target(self, arrival: Arrival) -> bool:
        return self._choice.into is not None and arrival.kind is Kind.POLICY

    def _twin(self, arrival: Arrival, after: Thing, own: str) -> Thing | None:
        """What is here of the same; raises Refused for a policy that is to come into one and cannot."""
        here = self._settled.here
        if isinstance(after, Assignment | Grant):
            there: Collection[object] = here.assignments if isinstance(after, Assignment) else here.grants
            return after if after in there or not self._first(after) else None
        if self._is_target(arrival):
            if self._policies != 1:
                raise Refused(f"the archive has {self._policies} policies, and one comes into a policy")
            if own not in here.policies:
                raise Refused(f"there is no access policy `{own[:64]}` here")
            return here.policies[own]
        found = twins.known(after, here)
        if found is None and self._choice.strategy is Strategy.CLONE:
            found = twins.by_id(after, here)
        return found

    def _check_new(self, key: Key, after: Thing, own: str) -> None:
        """Raises Refused for what cannot be created so."""
        here = self._settled.here
        if key.kind in twins.WITH_IDS and (why := twins.unfit(key, own, here)) is not None:
            raise Refused(why)
        if isinstance(after, Group):
            self._check_called(after, own)
        if isinstance(after, Team) and (
            after.group in here.team_groups or not self._first(("members", after.group))
        ):
            raise Refused(f"the group `{after.group}` has the members of another team")

    def _check_called(self, group: Group, own: str) -> None:
        """Raises Refused for a new group of a name or id that means somebody, here or in the archive."""
        here = self._settled.here
        for text in dict.fromkeys((group.name, own)):
            if (other := here.called.get(text)) is not None:
                raise Refused(f"`{text[:64]}` is the name of {other}")
            if text in here.groups or text in here.group_names or not self._first(("called", text)):
                raise Refused(f"`{text[:64]}` is what another group is called")

    def _membership(self, arrival: Arrival, thing: Membership) -> list[Planned]:
        """Who is to be in a group, and, by itself, who is not here."""
        group = self._settled.group(thing.group)
        name = self._group_names.get(thing.group) or self._settled.here.groups[group].name
        after, absent = joining(thing, name, self._settled)
        found = list[Planned]()
        if after.users:
            change = replace(_change("create", arrival, group), name=name)
            found.append(Planned(replace(change, message=f"new members: {len(after.users)}"), None, after))
        elif not absent:
            found.append(Planned(replace(_change("leave", arrival, group), name=name), after, after))
        if absent:
            shown = ", ".join(f"`{each[:128]}`" for each in absent[:SHOWN])
            others = f" and {len(absent) - SHOWN} others" if len(absent) > SHOWN else ""
            found.append(_refused(arrival, f"not here: {shown}{others}", fatal=False))
        return found


def _check_changed(twin: Thing, after: Thing) -> None:
    """Raises Refused for what stays as long as a thing is there."""
    if isinstance(twin, Team) and isinstance(after, Team) and twin.group != after.group:
        raise Refused(f"the team has its members in the group `{twin.group}` here, which stays so")
    if isinstance(twin, List) and isinstance(after, List) and twin.type != after.type:
        raise Refused(f"the list is of type `{twin.type}` here, which stays so")


def _change(action: Action, arrival: Arrival, own: str) -> Change:
    name = None if arrival.thing is None else called(arrival.thing)
    return Change(action, arrival.kind.value, arrival.key.id, own, name)


def _refused(arrival: Arrival, message: str, *, fatal: bool) -> Planned:
    name = None if arrival.thing is None else called(arrival.thing)
    return Planned(Change("refuse", arrival.kind.value, arrival.key.id, None, name, message, fatal=fatal))
