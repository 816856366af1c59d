"""What references refer to, as documents, of whatever kind."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from services.gateway import entitlements as reading
from services.gateway.auth import Scope
from services.gateway.cloudcms.answers import refused
from services.gateway.cloudcms.platform import Platform
from services.gateway.cloudcms.policies import policy_rows
from services.gateway.cloudcms.principals import crowds
from services.gateway.cloudcms.principals.principal_documents import EVERYBODY
from services.gateway.cloudcms.resources import resources
from services.gateway.cloudcms.teams import teams
from services.gateway.entitlements import View
from services.gateway.routing import Answer, Body, Call, Route
from shared.policy.entitlement.resource import Resource, folded
from shared.store import access_policies, accounts, groups, profiles, registered_resources, targets
from shared.store.pool import Connection
from shared.store.principals import user_id_of
from shared.wire.cloudcms import objects
from shared.wire.cloudcms.system import system
from shared.wire.faults import Fault, Faulty, from_validation

LIMIT = 1000
"""References of one request."""
ANSWER_BYTES = 32 * 1024 * 1024


class RefObject(Struct, frozen=True):
    """A reference."""

    ref: str


class RefObjects(Struct, frozen=True):
    """What is to be read."""

    entries: list[RefObject] = []


class Referent(Struct, frozen=True):
    """A reference, and what it refers to: null, if that is not there, or of a kind that is not kept here."""

    ref: str
    entry: dict[str, Any] | None


class Referents(Struct, frozen=True):
    """The entries, in their order."""

    entries: list[Referent]


def decode(body: bytes, _: UUID) -> list[str]:
    """The references that are to be read; raises Faulty."""
    try:
        entries = msgspec.convert(objects.decode(body), RefObjects).entries
    except msgspec.ValidationError as error:
        raise Faulty(from_validation(error, "")) from None
    if len(entries) > LIMIT:
        raise Faulty(Fault(f"at most {LIMIT} references can be read at once", "/entries"))
    return [each.ref for each in entries]


async def read(call: Call) -> Answer:
    """Answer POST /ref/read."""

    async def work(view: View) -> dict[str, Any]:
        found = await view.resources(call.body)
        by_type: dict[str, set[str]] = {}
        for each in found.values():
            by_type.setdefault(each.type or "", set()).add(each.id or "")
        documents = {
            kind: await READERS[kind](_Reading(view.connection, call), ids)
            for kind, ids in by_type.items()
            if kind in READERS
        }
        own = await _registered(_Reading(view.connection, call), found.values())
        return {
            reference: own.get(folded(each.reference), documents.get(each.type or "", {}).get(each.id or ""))
            for reference, each in found.items()
        }

    known = await reading.read(call.resources, call.account, work)
    rows = msgspec.json.encode({"entries": [{"ref": ref, "entry": known.get(ref)} for ref in call.body]})
    if len(rows) > ANSWER_BYTES:
        raise refused(f"the documents take {len(rows)} bytes, {ANSWER_BYTES} is the limit: ask for fewer")
    return Answer(msgspec.Raw(rows))


class _Reading(NamedTuple):
    """A connection, and the call that reads over it."""

    connection: Connection
    call: Call

    @property
    def where(self) -> tuple[Connection, UUID]:
        return self.connection, self.call.account


_Documents = Mapping[str, Any]
"""Documents by id."""


async def _registered(reading: _Reading, resolved: Iterable[Resource]) -> _Documents:
    """Those that are registered, by reference."""
    wanted = {folded(each.reference) for each in resolved if each.type not in READERS}
    found = await registered_resources.several(*reading.where, wanted)
    return {reference: resources.shown(each) for reference, each in found.items()}


async def _platform(reading: _Reading, ids: Collection[str]) -> _Documents:
    title = await accounts.name(*reading.where)
    return {own: Platform(own, title) for own in ids}


async def _policies(reading: _Reading, ids: Collection[str]) -> _Documents:
    stored = await access_policies.several(*reading.where, ids)
    shipped = {each: row.shown() for each in ids if (row := policy_rows.shipped(each)) is not None}
    return shipped | {each: policy_rows.stored(row).shown() for each, row in stored.items()}


async def _users(reading: _Reading, ids: Collection[str]) -> _Documents:
    if not reading.call.caller.may(Scope.DIRECTORY_READ):
        return {}
    wanted = [found for each in ids if (found := user_id_of(each)) is not None]
    people = await profiles.several(*reading.where, wanted)
    shown = await crowds.shown(people)
    return {str(each.user_id): row for each, row in zip(people, shown, strict=True)}


async def _groups(reading: _Reading, ids: Collection[str]) -> _Documents:
    found = [*await groups.several(*reading.where, ids), EVERYBODY]
    return {each.group_id: row for each, row in zip(found, await crowds.shown(found), strict=True)}


async def _teams(reading: _Reading, ids: Collection[str]) -> _Documents:
    found = await targets.teams(*reading.where, ids)
    return {
        team: teams.document(reading.call, within, stored) | {"_system": system(*stored[5:])}
        for team, (within, stored) in found.items()
    }


READERS: Mapping[str, Callable[[_Reading, Collection[str]], Awaitable[_Documents]]] = {
    "platform": _platform,
    "accessPolicy": _policies,
    "user": _users,
    "group": _groups,
    "team": _teams,
}
"""How what is kept here is read, by its type."""
ROUTES = (
    Route(
        *("POST", "/ref/read", Scope.ENTITLEMENTS_READ, read, "What references refer to", Referents),
        body=Body(RefObjects, decode),
    ),
)
