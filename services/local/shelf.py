"""Reusable policies, groups and lists of a file: what a request may refer to, as an account keeps it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from shared.policy import nesting
from shared.policy.rules.references import Group
from shared.wire.cloudflare import groups, list_items, lists, objects, policies
from shared.wire.cloudflare.criteria import Placed
from shared.wire.cloudflare.documents import Sent
from shared.wire.cloudflare.lists import NewList
from shared.wire.cloudflare.references import Known, nesting_faults, unknown, uuid
from shared.wire.cloudflare.sources import Kept, Used
from shared.wire.faults import Fault, Faulty, child

ACCOUNT = UUID(int=0)
"""Nobody's: what is asked of an account is asked of none here."""
KINDS = ("groups", "lists", "policies")


class Shelf(NamedTuple):
    """What there is, by id; `edges` are the groups that each group names."""

    policies: Mapping[UUID, Kept]
    groups: Mapping[UUID, Kept]
    lists: Mapping[UUID, Used]
    edges: Mapping[UUID, frozenset[UUID]]

    @property
    def known(self) -> Known:
        """What rules may refer to."""
        return Known(self.groups, {each.id: each.type for each in self.lists.values()})

    def closure(self, named: frozenset[UUID]) -> list[Kept]:
        """Some groups with all that they nest."""
        reached, waiting = set[UUID](), set(named)
        while waiting:
            reached |= waiting
            waiting = set[UUID]().union(*(self.edges[each] for each in waiting)) - reached
        return [self.groups[each] for each in self.groups if each in reached]


NOTHING = Shelf({}, {}, {}, {})


class _Placed(NamedTuple):
    """An object of the file, and where it stands."""

    id: UUID
    given: dict[str, Any]
    where: str


def decode(text: bytes) -> Shelf:
    """A file's objects; raises Faulty with all that is wrong."""
    document = objects.decode(text, "`groups`, `lists` and `policies`")
    faults = objects.strays(document, KINDS, "a file of resources")
    placed = {kind: list(_placed(document.get(kind, []), child("", kind), faults)) for kind in KINDS}
    sent = {
        kind: [
            (each, _moved(form(msgspec.json.encode(each.given), ACCOUNT), each.where))
            for each in placed[kind]
        ]
        for kind, form in (("groups", groups.decode_kept), ("policies", policies.decode_kept))
    }
    found = {each.id: each for each in _lists(placed["lists"], faults)}
    kept = {kind: {each.id: Kept(each.id, read.document) for each, read in sent[kind]} for kind in sent}
    known = Known(kept["groups"], {each.id: each.type for each in found.values()})
    for _, read in (*sent["groups"], *sent["policies"]):
        faults += [*read.faults, *unknown(read.references, known)]
    if faults:
        raise Faulty(*faults)
    return Shelf(kept["policies"], kept["groups"], found, _edges(sent["groups"]))


def _placed(given: object, where: str, faults: list[Fault]) -> Iterator[_Placed]:
    """The objects of a list that have an id of their own."""
    if not isinstance(given, list):
        faults.append(Fault(f"`{where[1:]}` is a list", where))
        return
    seen = set[UUID]()
    for number, each in enumerate(given):
        here = child(where, number)
        found = uuid(each["id"]) if isinstance(each, dict) and isinstance(each.get("id"), str) else None
        if found is None:
            faults.append(Fault("this is an object with an `id`, a UUID: others refer to it by that", here))
        elif found in seen:
            faults.append(Fault(f"the id `{found}` stands here twice", child(here, "id")))
        else:
            seen.add(found)
            yield _Placed(found, each, here)


def _moved(sent: Sent, where: str) -> Sent:
    """What was sent by itself, with the pointers that it has in the file."""
    references = tuple(Placed(each.reference, where + each.pointer) for each in sent.references)
    faults = tuple(Fault(each.message, where + (each.pointer or "")) for each in sent.faults)
    return Sent(sent.name, sent.document, references, faults)


def _lists(placed: list[_Placed], faults: list[Fault]) -> Iterator[Used]:
    for each in placed:
        try:
            yield _list(each)
        except Faulty as faulty:
            faults += [Fault(fault.message, each.where + (fault.pointer or "")) for fault in faulty.faults]


def _list(placed: _Placed) -> Used:
    """A list with its items, be it one that answers show without them."""
    given = placed.given
    if given.get("count") and given.get("items") is None:
        raise Faulty(Fault(f"the list has {given['count']} items, and they are not here", "/items"))
    sent = lists.decode(msgspec.json.encode(given), NewList)
    kind = sent.members.get("type")
    found = lists.entries(sent, kind).get("items", list_items.EMPTY)
    return Used(placed.id, sent.members["name"], sent.members["type"], tuple(found.columns.canonicals))


def _edges(sent: list[tuple[_Placed, Sent]]) -> dict[UUID, frozenset[UUID]]:
    """Which groups each group names; raises Faulty where that comes back to one, or goes too deep."""
    names, edges = {each.id: read.name for each, read in sent}, dict[UUID, frozenset[UUID]]()
    for each, read in sent:
        referred = [
            (placed.pointer, UUID(placed.reference.id))
            for placed in read.references
            if isinstance(placed.reference, Group)
        ]
        if faults := nesting_faults(nesting.place(edges, each.id), names, referred):
            raise Faulty(*faults)
        edges[each.id] = frozenset(target for _, target in referred)
    return edges
