"""Who is granted what on a resource: all of it, of one principal, and with what comes by groups."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, field

from services.gateway import entitlements as reading
from services.gateway.cloudcms.answers import ResultMap, result_map
from services.gateway.cloudcms.decisions import asking
from services.gateway.cloudcms.grants.places import Place
from services.gateway.cloudcms.listing import MOST
from services.gateway.entitlements import View
from services.gateway.routing import Answer, Call
from shared.policy.entitlement.closure import groups_of
from shared.policy.entitlement.estate import Estate, Granted, Holder
from shared.policy.entitlement.resource import Resource, folded
from shared.store import grants, principals, profiles
from shared.store.pool import Connection
from shared.store.principals import Found, user_id_of
from shared.wire.cloudcms import objects
from shared.wire.cloudcms.references import DOMAIN
from shared.wire.faults import Fault, Faulty, child

PRINCIPALS_LIMIT = 10_000


class AclQuery(Struct, frozen=True):
    """Which part of a list: all of it, if nothing is said."""

    skip: Annotated[int, Meta(ge=0, le=10**12)] = 0
    limit: Annotated[int, Meta(ge=-1, le=10**12)] = -1


class AclRow(Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A user or a group, and the keys of the roles it is granted; of a user also what people know it by."""

    id: str = field(name="_doc")
    name: str
    type: str
    domain_id: str
    domain_qualified_id: str
    domain_qualified_name: str
    principal_id: str
    user_email: str | None = None
    user_first_name: str | None = None
    user_last_name: str | None = None
    authorities: list[str]


class Inherited(Struct, frozen=True):
    """The grant that is there, whose it is, and on what."""

    id: str
    principal: str
    permissioned: str


class ReportedGrant(Struct, frozen=True, omit_defaults=True):
    """A role on a resource; one that comes by a group is the group's, and inherits from its grant."""

    role: str = field(name="role-key")
    principal: str
    permissioned: str
    inherits: Inherited | None = field(name="inheritsFrom", default=None)


Acl = ResultMap[AclRow]
Keys = ResultMap[str]
Report = dict[str, dict[str, ReportedGrant]]
Granting = Mapping[Holder, Sequence[Granted]]
"""What is granted on one resource, by whom it is granted to."""


def _by_holder(granted: Iterable[Granted]) -> dict[Holder, list[Granted]]:
    found: dict[Holder, list[Granted]] = {}
    for each in granted:
        found.setdefault(each.holder, []).append(each)
    return found


async def _granting(view: View, call: Call, resource: Resource) -> dict[Holder, list[Granted]]:
    on = folded(resource.reference)
    recorded = await grants.all_on(view.connection, call.account, on)
    return _by_holder([*recorded, *reading.anyway(on)])


def _roles(granted: Iterable[Granted]) -> list[str]:
    return list(dict.fromkeys(each.role for each in granted))


async def every(call: Call, place: Place) -> Answer:
    """Answer GET …/acl/list: what is granted directly, a row for each principal."""
    asked: AclQuery = call.query
    most = MOST if asked.limit < 0 else min(asked.limit, MOST)

    async def read(view: View) -> ResultMap[AclRow]:
        granting = await _granting(view, call, await place.find(view, call))
        shown = [*granting.items()][asked.skip : asked.skip + most]
        rows = await _rows(view.connection, call.account, dict(shown))
        return result_map(rows, len(granting), asked.skip)

    return Answer(await reading.read(call.resources, call.account, read))


async def _rows(connection: Connection, account: UUID, granting: Granting) -> list[AclRow]:
    """Rows of those who are there still."""
    names = {holder: asking.reference_of(account, holder) for holder in granting}
    found = await principals.find(connection, account, list(names.values()))
    users = [user for each in granting if each.kind == "user" and (user := user_id_of(each.id)) is not None]
    people = {str(each.user_id): each for each in await profiles.several(connection, account, users)}
    return [
        _row(found[names[holder]], _roles(granted), people.get(holder.id))
        for holder, granted in granting.items()
        if names[holder] in found
    ]


def _row(found: Found, authorities: list[str], person: profiles.Person | None) -> AclRow:
    kind, own = found.holder
    document = {} if person is None or person.document is None else msgspec.json.decode(person.document)
    first, last = (document.get(name) for name in ("firstName", "lastName"))
    return AclRow(
        id=own,
        name=found.name,
        type=kind.upper(),
        domain_id=DOMAIN,
        domain_qualified_id=f"{DOMAIN}/{own}",
        domain_qualified_name=f"{DOMAIN}/{found.name}",
        principal_id=own,
        user_email=found.email,
        user_first_name=first if isinstance(first, str) else None,
        user_last_name=last if isinstance(last, str) else None,
        authorities=authorities,
    )


async def by_principal(call: Call, place: Place) -> Answer:
    """Answer GET …/acl: the keys of the roles that one principal is granted directly."""

    async def read(view: View) -> ResultMap[str]:
        resource = await place.find(view, call)
        holder = (await asking.principal(view, call.query.id)).holder
        granted = (await _granting(view, call, resource)).get(holder, ())
        return result_map(_roles(granted))

    return Answer(await reading.read(call.resources, call.account, read))


def wanted(body: bytes, _: object) -> list[str]:
    """Which principals a report is about; raises Faulty."""
    given = objects.decode(body).get("principals") or []
    if not isinstance(given, list) or len(given) > PRINCIPALS_LIMIT:
        message = f"`principals` is a list of at most {PRINCIPALS_LIMIT} principals"
        raise Faulty(Fault(message, "/principals"))
    wrong = [number for number, each in enumerate(given) if not isinstance(each, str)]
    if wrong:
        raise Faulty(*(Fault("a principal is a text", child("/principals", number)) for number in wrong))
    return given


class _Asked(NamedTuple):
    """A resource, what is granted on it, and the principals as they were called."""

    resource: Resource
    granting: Granting
    found: Mapping[str, Found]
    estate: Estate
    groups: Mapping[str, Sequence[str]]


async def report(call: Call, place: Place) -> Answer:
    """Answer POST …/authorities: of each principal, as it was called, all grants by their ids."""

    async def read(view: View) -> _Asked:
        resource = await place.find(view, call)
        found = await view.found(call.body)
        missing = [given for given in call.body if given not in found]
        if missing:
            raise await asking.nobody(view, missing[0])
        users = [each.holder.id for each in found.values() if each.holder.kind == "user"]
        granting = await _granting(view, call, resource)
        return _Asked(resource, granting, found, await view.estate(), await view.groups(users))

    asked = await reading.read(call.resources, call.account, read)
    return Answer(await asyncio.to_thread(_reported, asked))


def _reported(asked: _Asked) -> Report:
    on, found = asked.resource.id or asked.resource.reference, Report()
    for given, (who, *_) in asked.found.items():
        own = {each.id: ReportedGrant(each.role, who.id, on) for each in asked.granting.get(who, ())}
        for group in groups_of(asked.estate, who, asked.groups.get(who.id, ())):
            for each in asked.granting.get(Holder("group", group), ()):
                own[each.id] = ReportedGrant(each.role, group, on, Inherited(each.id, group, on))
        found[given] = own
    return found
