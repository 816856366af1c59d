"""Resources that are registered, so that conditions know more of them than their references say."""

import asyncio
import secrets
from uuid import UUID

import msgspec

from services.gateway import targets
from services.gateway.auth import Scope
from services.gateway.bodies import BODY_BYTES
from services.gateway.cloudcms import listing
from services.gateway.cloudcms.answers import (
    Created,
    ResultMap,
    Status,
    conflict,
    not_found,
    refused,
    result_map,
)
from services.gateway.cloudcms.bounds import FEW, SMALL_BYTES, room
from services.gateway.cloudcms.listing import Listing
from services.gateway.cloudcms.policies import policy_rows
from services.gateway.cloudcms.policies.policy_rows import Choice, Row
from services.gateway.routing import Answer, Body, Call, Route
from shared.policy.entitlement.resource import folded
from shared.store import audit, entitlements, grants, registered_resources
from shared.store.audit import Change
from shared.store.pool import Connection, acquire
from shared.store.registered_resources import Stored
from shared.wire.cloudcms import objects, queries, references, resources
from shared.wire.cloudcms.resources import Registered, RegisteredResource, ResourceObject
from shared.wire.cloudcms.shapes import QueryObject
from shared.wire.cloudcms.system import around, system

NUMBER_LIMIT = 10_000
TOTAL_BYTES = 32 * 1024 * 1024
"""Of an account's resources together: to sort them all then takes no more memory."""
ID_LIMIT = 256


class ResourcesQuery(Listing, frozen=True):
    """Which part of the resources; with `ref` only the one of that reference, if it is registered."""

    ref: str | None = None


def _row(stored: Stored) -> Row:
    return Row(stored.id, stored.document, stored[3:])


def shown(stored: Stored) -> msgspec.Raw:
    """A resource as it is answered."""
    return around(stored.id, stored.document, system(*stored[3:]))


async def page(call: Call) -> Answer:
    """Answer GET /access/resources."""
    asked: ResourcesQuery = call.query
    by = listing.sorts(call.request)
    async with acquire(call.resources.pool) as connection:
        if asked.ref is not None:
            reference = folded(str(references.parse(asked.ref)))
            found = await registered_resources.several(connection, call.account, [reference])
            return Answer(result_map([shown(each) for each in found.values()]))
    return await _listed(call, Choice(asked, by))


async def query(call: Call) -> Answer:
    """Answer POST /access/resources/query."""
    return await _listed(call, Choice(call.query, listing.sorts(call.request), queries.decode(call.body)))


async def _listed(call: Call, choice: Choice) -> Answer:
    """The resources that are asked for; they are put together in a thread if they are large."""
    async with acquire(call.resources.pool) as connection:
        usage = await registered_resources.usage(connection, call.account)
    window = (choice.listing.skip, choice.listing.most) if choice.any else (0, NUMBER_LIMIT)
    heavy = usage.total_bytes * min(window[1], usage.number) > BODY_BYTES * usage.number
    async with room(call, heavy=heavy or choice.costly):
        async with acquire(call.resources.pool) as connection:
            stored = await registered_resources.page(connection, call.account, window)
        rows = [_row(each) for each in stored]
        if not choice.any:
            return Answer(await asyncio.to_thread(policy_rows.chosen, rows, choice))
        part = (rows, usage.number, window[0])
        if len(rows) <= FEW and sum(len(row.document) for row in rows) <= SMALL_BYTES:
            return Answer(policy_rows.shown(*part))
        return Answer(await asyncio.to_thread(policy_rows.shown, *part))


async def get(call: Call) -> Answer:
    """Answer GET /access/resources/{resource_id}."""
    async with acquire(call.resources.pool) as connection:
        return Answer(shown(await _existing(connection, call)))


async def _existing(connection: Connection, call: Call) -> Stored:
    given = call.request.match_info["resource_id"]
    possible = len(given) <= ID_LIMIT and "\0" not in given
    stored = await registered_resources.get(connection, call.account, given) if possible else None
    if stored is None:
        raise not_found(f"resource `{given[:64]}`")
    return stored


async def create(call: Call) -> Answer:
    """Answer POST /access/resources."""
    new_id = secrets.token_hex(10)
    made = _registered(call, new_id)
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await entitlements.advance(connection, call.account)
        await _check_room(connection, call.account, 1, len(made.document))
        await _check_free(connection, call, made.reference)
        await registered_resources.insert(connection, call.account, new_id, made, call.actor.name)
        change = Change("create", "resource", new_id, None, made.document)
        await audit.record(connection, call.account, call.actor, change)
    return Answer(Created(new_id))


async def _check_room(connection: Connection, account: UUID, more: int, more_bytes: int) -> None:
    usage = await registered_resources.usage(connection, account)
    if usage.number + more > NUMBER_LIMIT:
        raise conflict(f"an account has at most {NUMBER_LIMIT} resources, delete one first")
    if more_bytes > 0 and usage.total_bytes + more_bytes > TOTAL_BYTES:
        raise conflict(f"the account's resources would take more than {TOTAL_BYTES} bytes")


def _registered(call: Call, own: str) -> Registered:
    """What a request registers; raises Faulty for what is kept here anyway."""
    made = resources.register(call.body, call.account, own)
    reference = references.parse(made.reference)
    if targets.is_kept(reference):
        raise refused(f"a `{reference.type}` is known without being registered", "/type")
    return made


async def _check_free(connection: Connection, call: Call, reference: str) -> None:
    if await registered_resources.several(connection, call.account, [reference]):
        raise conflict(f"`{reference[:64]}` is registered already")


async def replace(call: Call) -> Answer:
    """Answer PUT /access/resources/{resource_id}: without a reference it keeps the one it has."""
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await entitlements.advance(connection, call.account)
        was = await _existing(connection, call)
        made = _registered(call, msgspec.json.decode(was.document)["reference"])
        if made.reference != was.reference:
            await _check_free(connection, call, made.reference)
            if await grants.any_on(connection, call.account, made.reference):
                raise conflict(f"`{made.reference[:64]}` has grants of its own: revoke them first")
        if made.document != was.document:
            await _check_room(connection, call.account, 0, len(made.document) - len(was.document))
            await registered_resources.put(connection, call.account, was, made, call.actor.name)
            change = Change("update", "resource", was.id, was.document, made.document)
            await audit.record(connection, call.account, call.actor, change)
    return Answer(Status())


async def delete(call: Call) -> Answer:
    """Answer DELETE /access/resources/{resource_id}: what is granted on it goes along."""
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await entitlements.advance(connection, call.account)
        was = await _existing(connection, call)
        await registered_resources.delete(connection, call.account, was)
        change = Change("delete", "resource", was.id, was.document, None)
        await audit.record(connection, call.account, call.actor, change)
    return Answer(Status())


READ, WRITE = Scope.ENTITLEMENTS_READ, Scope.ENTITLEMENTS_WRITE
BODY = Body(ResourceObject, objects.decode)
ALL, ONE = "/access/resources", "/access/resources/{resource_id}"
MAP = ResultMap[RegisteredResource]
QUERY = Body(QueryObject, objects.decode)
ROUTES = (
    Route("GET", ALL, READ, page, "The registered resources", MAP, query=ResourcesQuery),
    Route("POST", ALL, WRITE, create, "Register a resource", Created, body=BODY),
    Route(
        *("POST", f"{ALL}/query", READ, query, "Registered resources that fit a query", MAP),
        query=Listing,
        body=QUERY,
    ),
    Route("GET", ONE, READ, get, "A registered resource", RegisteredResource),
    Route("PUT", ONE, WRITE, replace, "Replace a registered resource", Status, body=BODY),
    Route("POST", f"{ONE}/update", WRITE, replace, "Replace a registered resource", Status, body=BODY),
    Route("DELETE", ONE, WRITE, delete, "Register a resource no more", Status),
    Route("POST", f"{ONE}/delete", WRITE, delete, "Register a resource no more", Status),
)
