"""Authorities, which are roles on one resource: granted, revoked, checked, on all that can have them."""

import secrets
from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple

import msgspec
from msgspec import Struct

from services.gateway import entitlements as reading
from services.gateway.auth import Scope
from services.gateway.cloudcms.answers import Check, Status, conflict
from services.gateway.cloudcms.bounds import Clock
from services.gateway.cloudcms.decisions import asking
from services.gateway.cloudcms.decisions.thinking import Course, Work, thought, weight
from services.gateway.cloudcms.grants.acl import (
    Acl,
    AclQuery,
    Keys,
    Report,
    by_principal,
    every,
    report,
    wanted,
)
from services.gateway.cloudcms.grants.places import PLACES, Place
from services.gateway.cloudcms.writing import writing
from services.gateway.entitlements import Asked, View
from services.gateway.routing import Answer, Body, Call, Route
from shared.policy.entitlement.decision import Decision
from shared.policy.entitlement.estate import Granted, Holder
from shared.policy.entitlement.principal import Principal
from shared.policy.entitlement.resource import Resource, folded
from shared.policy.entitlement.roles import ALL, Roles, role_key
from shared.store import audit, entitlements, grants
from shared.store.audit import Change
from shared.store.entitlements import Unchanged
from shared.store.grants import Given
from shared.store.pool import Connection
from shared.wire import quotas

NUMBER_LIMIT = quotas.GRANTS


class Whose(Struct, frozen=True):
    """`id` is a user or a group: its id or name, with or without `<domain>/` before it, or a reference."""

    id: str = ""


class PrincipalsObject(Struct, frozen=True):
    """Users and groups, in every form of their names."""

    principals: list[str] = []


async def grant(call: Call, place: Place) -> Answer:
    """Answer POST …/authorities/{authority_id}/grant: as before if it is granted already."""
    async with writing(call) as connection:
        await entitlements.advance(connection, call.account)
        view = reading.fresh(connection, call.account)
        resource = await place.find(view, call)
        holder = (await asking.principal(view, call.query.id)).holder
        known = await entitlements.roles(connection, call.account)
        given = Given(folded(resource.reference), holder, asking.role(_authority(call), known))
        grant_id = secrets.token_hex(10)
        if not await grants.grant(connection, call.account, grant_id, given):
            raise Unchanged
        if await grants.over(connection, call.account, NUMBER_LIMIT):
            raise conflict(f"an account has at most {NUMBER_LIMIT} grants, revoke one first")
        granted = Granted(grant_id, given.role, holder)
        await _record(connection, call, Change("create", "grant", grant_id, None, _text(given.on, granted)))
    return Answer(Status())


async def revoke(call: Call, place: Place) -> Answer:
    """Answer POST …/authorities/{authority_id}/revoke: fine as well if there is nothing to revoke."""
    async with writing(call) as connection:
        await entitlements.advance(connection, call.account)
        view = reading.fresh(connection, call.account)
        on = folded((await place.find(view, call)).reference)
        holder = (await asking.principal(view, call.query.id)).holder
        role = role_key(_authority(call))
        revoked = await grants.revoke(connection, call.account, on, holder, None if role == ALL else role)
        if not revoked:
            raise Unchanged
        for each in revoked:
            await _record(connection, call, Change("delete", "grant", each.id, _text(on, each), None))
    return Answer(Status())


def _authority(call: Call) -> str:
    return call.request.match_info["authority_id"]


async def _record(connection: Connection, call: Call, change: Change) -> None:
    await audit.record(connection, call.account, call.actor, change)


def _text(on: str, granted: Granted) -> bytes:
    kind, holder = granted.holder
    document = {"role-key": granted.role, "principal": holder, "principal-type": kind, "permissioned": on}
    return msgspec.json.encode(document)


async def check_authority(call: Call, place: Place) -> Answer:
    """Answer POST …/authorities/{authority_id}/check."""
    one = await reading.read(call.resources, call.account, _one(call, place))
    role = asking.role(_authority(call), one.roles)
    return await _checked(call, one, lambda who, clock: who.authority(role, one.resource, clock))


async def check_permission(call: Call, place: Place) -> Answer:
    """Answer POST …/permissions/{permission_id}/check."""
    permission = asking.permission(call.request.match_info["permission_id"])
    one = await reading.read(call.resources, call.account, _one(call, place))
    return await _checked(call, one, lambda who, clock: who.permission(permission, one.resource, clock))


class _One(NamedTuple):
    """A principal, a resource to be asked about, and the roles that there are."""

    holder: Holder
    resource: Resource
    asked: Asked
    roles: Roles


def _one(call: Call, place: Place) -> Callable[[View], Awaitable[_One]]:
    async def read(view: View) -> _One:
        resource = await place.find(view, call)
        holder: Holder = (await asking.principal(view, call.query.id)).holder
        asked = await view.asked([holder], [resource])
        return _One(holder, resource, asked, (await view.estate()).roles)

    return read


async def _checked(call: Call, one: _One, decide: Callable[[Principal, Clock], Decision]) -> Answer:
    work = Work(one.asked.statements(one.holder) * weight(one.resource))

    def think(course: Course) -> Decision:
        return decide(course.ready(one.asked.of(one.holder)), course.clock)

    return Answer(Check((await thought(call, work, think)).allowed))


def _at(
    place: Place, handler: Callable[[Call, Place], Awaitable[Answer]]
) -> Callable[[Call], Awaitable[Answer]]:
    async def answer(call: Call) -> Answer:
        return await handler(call, place)

    return answer


READ, WRITE = Scope.ENTITLEMENTS_READ, Scope.ENTITLEMENTS_WRITE
REPORTED = Body(PrincipalsObject, wanted)


def _routes(place: Place) -> Iterator[Route]:
    """The operations on one kind of resource."""
    one, on = f"{place.path}/authorities/{{authority_id}}", f"on {place.name}"
    may = f"{place.path}/permissions/{{permission_id}}/check"
    posts = (
        (f"{one}/grant", WRITE, grant, f"Grant an authority {on}", Status),
        (f"{one}/revoke", WRITE, revoke, f"Revoke an authority {on}, or `all` of a principal", Status),
        (f"{one}/check", READ, check_authority, f"Whether a principal has an authority {on}", Check),
        (may, READ, check_permission, f"Whether a principal has a permission {on}", Check),
    )
    for path, scope, handler, summary, result in posts:
        yield Route("POST", path, scope, _at(place, handler), summary, result, query=Whose)
    listed = (f"{place.path}/acl/list", READ, _at(place, every), f"All grants {on}", Acl)
    yield Route("GET", *listed, query=AclQuery)
    own = (f"{place.path}/acl", READ, _at(place, by_principal), f"What a principal is granted {on}", Keys)
    yield Route("GET", *own, query=Whose)
    summary = f"What some principals are granted {on}, by groups too"
    reported = (f"{place.path}/authorities", READ, _at(place, report), summary, Report)
    yield Route("POST", *reported, body=REPORTED)


ROUTES = tuple(route for place in PLACES for route in _routes(place))
