"""Teams of the platform and of datastores: a key, roles, and a group of their own, which has the members."""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from services.gateway import users
from services.gateway.auth import Scope
from services.gateway.bodies import BODY_BYTES
from services.gateway.cloudcms import containers, listing
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
from services.gateway.cloudcms.containers import WITHIN
from services.gateway.cloudcms.listing import Listing
from services.gateway.cloudcms.principals import group_changes
from services.gateway.cloudcms.principals.principal_documents import audited, group_document
from services.gateway.cloudcms.writing import check_roles, writing
from services.gateway.routing import Answer, Body, Call, Route
from shared.store import audit, entitlements, groups, teams
from shared.store.audit import Change
from shared.store.entitlements import Unchanged
from shared.store.pool import Connection, acquire
from shared.store.teams import New, Stored, Within
from shared.wire.audit import Action
from shared.wire.cloudcms import objects
from shared.wire.cloudcms import teams as documents
from shared.wire.cloudcms.system import system
from shared.wire.cloudcms.teams import TeamDocument, TeamObject

NUMBER_LIMIT = 10_000
TOTAL_BYTES = 32 * 1024 * 1024
"""Of an account's teams together: to sort them all then takes no more memory."""


class KeyQuery(Struct, frozen=True):
    """The key of a team to be; it may be in the body as well."""

    key: str | None = None


def document(call: Call, within: Within, stored: Stored) -> dict[str, Any]:
    """A team as clients see it, but for `_system`."""
    kind, of = within or (entitlements.PLATFORM, call.account.hex)
    return {
        "_doc": stored.id,
        "key": stored.key,
        **msgspec.json.decode(stored.document),
        "groupId": stored.group,
        "roleKeys": stored.roles,
        "teamableObjectTypeId": kind,
        "teamableObjectId": of,
    }


def shown(call: Call, within: Within, stored: Stored) -> dict[str, Any]:
    """A team as an answer has it."""
    about = system(stored.created_at, stored.created_by, stored.modified_at, stored.modified_by)
    return {**document(call, within, stored), "_system": about}


async def existing(connection: Connection, call: Call, within: Within) -> Stored:
    """The team that a request's path names, by its key or id; raises Failed."""
    given = call.request.match_info["team"]
    stored = None
    if documents.KEY.fullmatch(given):
        stored = await teams.get(connection, call.account, within, given)
    if stored is None:
        raise not_found(f"team `{given[:64]}`")
    return stored


async def page(call: Call) -> Answer:
    """Answer GET …/teams."""
    asked: Listing = call.query
    by, within = listing.sorts(call.request), containers.within(call)
    window = (0, NUMBER_LIMIT) if by else (asked.skip, asked.most)
    async with acquire(call.resources.pool) as connection:
        usage = await teams.usage(connection, call.account)
    heavy = usage.total_bytes * min(window[1], usage.number) > BODY_BYTES * usage.number
    async with room(call, heavy=heavy):
        async with acquire(call.resources.pool) as connection:
            stored = await teams.page(connection, call.account, within, window)
            total = await teams.count(connection, call.account, within)
        if not by:
            return Answer(result_map(await rows(call, within, stored), total, asked.skip))
        return Answer(result_map(await rows(call, within, stored, asked, by), total, asked.skip))


async def rows(
    call: Call,
    within: Within,
    stored: Sequence[Stored],
    part: Listing | None = None,
    by: tuple[listing.Sort, ...] = (),
) -> list[msgspec.Raw]:
    """Teams as answers have them, or a part of them, sorted; put together in a thread if they are large."""

    def made() -> list[msgspec.Raw]:
        found = listing.in_order([shown(call, within, each) for each in stored], by)
        wanted = found if part is None else found[part.skip : part.skip + part.most]
        return [msgspec.Raw(msgspec.json.encode(each)) for each in wanted]

    small = sum(len(each.document) for each in stored) <= SMALL_BYTES and len(stored) <= FEW
    return made() if small else await asyncio.to_thread(made)


async def get(call: Call) -> Answer:
    """Answer GET …/teams/{team}."""
    within = containers.within(call)
    async with acquire(call.resources.pool) as connection:
        return Answer(shown(call, within, await existing(connection, call, within)))


async def create(call: Call) -> Answer:
    """Answer POST …/teams?key=."""
    asked: KeyQuery = call.query
    within = containers.within(call)
    key = call.body.get("key") if asked.key is None else asked.key
    if not isinstance(key, str) or not documents.KEY.fullmatch(key):
        raise refused(f"{documents.KEYS}: `key`, in the query")
    decoded = documents.decode(call.body, key)
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await entitlements.advance(connection, call.account)
        if await teams.get(connection, call.account, within, key) is not None:
            raise conflict(f"there is a team `{key}` already")
        await _check_room(connection, call.account, 1, len(decoded.document))
        await check_roles(connection, call.account, (decoded.roles or {}).items())
        group = await _group(connection, call, within, key)
        roles = tuple(decoded.roles or ())
        new = New(secrets.token_hex(10), key, group, roles, decoded.document, call.actor.name)
        stored = await teams.insert(connection, call.account, within, new)
        await record(connection, call, within, (None, stored))
    return Answer(Created(stored.id))


async def _check_room(connection: Connection, account: UUID, more: int, more_bytes: int) -> None:
    usage = await teams.usage(connection, account)
    if usage.number + more > NUMBER_LIMIT:
        raise conflict(f"an account has at most {NUMBER_LIMIT} teams, delete one first")
    if more_bytes > 0 and usage.total_bytes + more_bytes > TOTAL_BYTES:
        raise conflict(f"the account's teams would take more than {TOTAL_BYTES} bytes")


async def _group(connection: Connection, call: Call, within: Within, key: str) -> str:
    """A new group for a team's members."""
    group_id = secrets.token_hex(10)
    await group_changes.check_number(connection, call)
    name = ":".join(("team", *teams.container(within), key))
    if not await groups.insert(connection, call.account, group_id, name, b"{}", call.actor.name):
        raise conflict(f"there is a group `{name}` already, which the team would be made with: delete it")
    (group,) = await groups.several(connection, call.account, [group_id])
    made = Change("create", "directory_group", group_id, None, audited(group_document(group)))
    await audit.record(connection, call.account, call.actor, made)
    return group_id


async def record(
    connection: Connection, call: Call, within: Within, states: tuple[Stored | None, Stored | None]
) -> None:
    """Write down what became of a team: as it was, None before it existed, and as it is."""
    before, after = (None if each is None else audited(document(call, within, each)) for each in states)
    subject = next(each for each in states if each is not None).id
    if before != after:
        action: Action = "create" if before is None else "delete" if after is None else "update"
        change = Change(action, "team", subject, before, after)
        await audit.record(connection, call.account, call.actor, change)


async def replace(call: Call) -> Answer:
    """Answer PUT …/teams/{team}: its own fields, and its roles if the body has any."""
    within = containers.within(call)
    async with writing(call) as connection:
        await entitlements.advance(connection, call.account)
        stored = await existing(connection, call, within)
        decoded = documents.decode(call.body, stored.key)
        await check_roles(connection, call.account, (decoded.roles or {}).items())
        roles = stored.roles if decoded.roles is None else list(decoded.roles)
        if (roles, decoded.document) == (stored.roles, stored.document):
            raise Unchanged
        await _check_room(connection, call.account, 0, len(decoded.document) - len(stored.document))
        by = call.actor.name
        now = await teams.put(connection, call.account, stored.id, roles, decoded.document, by)
        await record(connection, call, within, (stored, now))
    return Answer(Status())


async def delete(call: Call) -> Answer:
    """Answer DELETE …/teams/{team}: its assignments go along, and the group with its members."""
    within = containers.within(call)
    async with acquire(call.resources.pool) as connection, connection.transaction():
        scene = await users.scene(connection, call.account, [], [])
        await entitlements.advance(connection, call.account)
        stored = await existing(connection, call, within)
        await teams.delete(connection, call.account, stored.id)
        await record(connection, call, within, (stored, None))
        group = await group_changes.existing(connection, call, stored.group)
        await group_changes.remove(connection, call, scene, group)
    return Answer(Status())


READ, WRITE = Scope.ENTITLEMENTS_READ, Scope.ENTITLEMENTS_WRITE
BODY = Body(TeamObject, objects.decode)
MAP = ResultMap[TeamDocument]


def _routes(within: str, of: str) -> tuple[Route, ...]:
    many, one = f"{within}/teams", f"{within}/teams/{{team}}"
    return (
        Route("GET", many, READ, page, f"Teams of {of}, oldest first", MAP, query=Listing),
        Route("POST", many, WRITE, create, f"Create a team of {of}", Created, query=KeyQuery, body=BODY),
        Route("GET", one, READ, get, f"One team of {of}, by its key or id", TeamDocument),
        Route("PUT", one, WRITE, replace, f"Replace a team of {of}", Status, body=BODY),
        Route("DELETE", one, WRITE, delete, f"Delete a team of {of} and its group", Status),
    )


ROUTES = (*_routes("", "the platform"), *_routes(WITHIN, "a datastore"))
