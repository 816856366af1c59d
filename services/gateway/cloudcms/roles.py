"""Roles: the standard ones, which every account has, and its own. A datastore has none but those."""

from typing import Any

import msgspec

from services.gateway.auth import Scope
from services.gateway.cloudcms import containers, listing
from services.gateway.cloudcms.answers import (
    Created,
    Failed,
    ResultMap,
    Status,
    conflict,
    not_found,
    result_map,
)
from services.gateway.cloudcms.listing import Listing
from services.gateway.routing import Answer, Body, Call, Route
from shared.policy.entitlement.roles import STANDARD, role_key
from shared.store import audit, custom_roles, entitlements
from shared.store.audit import Change
from shared.store.custom_roles import Stored
from shared.store.pool import Connection, acquire
from shared.wire import quotas
from shared.wire.cloudcms import objects, roles
from shared.wire.cloudcms.roles import RoleDocument, RoleObject
from shared.wire.cloudcms.system import system

NUMBER_LIMIT = quotas.ROLES


class RolesQuery(Listing, frozen=True):
    """Roles of what the path names; `inherited` are also those that it has from above."""

    inherited: bool = False


def _standard(key: str) -> dict[str, Any]:
    permissions = sorted(STANDARD[key])
    return {"_doc": key, "roleKey": key, "permissions": permissions, "system": True}


def _shown(stored: Stored) -> dict[str, Any]:
    about = system(stored.created_at, stored.created_by, stored.modified_at, stored.modified_by)
    return {"_doc": stored.key, **msgspec.json.decode(stored.document), "_system": about}


async def page(call: Call) -> Answer:
    """Answer GET …/roles."""
    asked: RolesQuery = call.query
    by, within = listing.sorts(call.request), containers.within(call)
    rows = list(map(_standard, STANDARD)) if asked.inherited else []
    if within is None or asked.inherited:
        async with acquire(call.resources.pool) as connection:
            rows += map(_shown, await custom_roles.every(connection, call.account))
    part = listing.in_order(rows, by)[asked.skip : asked.skip + asked.most]
    return Answer(result_map(part, len(rows), asked.skip))


async def get(call: Call) -> Answer:
    """Answer GET …/roles/{role_key}."""
    containers.within(call)
    key = _key(call)
    if key in STANDARD:
        return Answer(_standard(key))
    async with acquire(call.resources.pool) as connection:
        return Answer(_shown(await _existing(connection, call)))


def _key(call: Call) -> str:
    return role_key(call.request.match_info["role_key"])


async def _existing(connection: Connection, call: Call) -> Stored:
    """The account's role that the path names; raises Failed."""
    key = _key(call)
    stored = await custom_roles.get(connection, call.account, key) if roles.KEY.fullmatch(key) else None
    if stored is None:
        raise _is_standard(key) if key in STANDARD else not_found(f"role `{key[:64]}`")
    return stored


def _is_standard(key: str, pointer: str | None = None) -> Failed:
    return conflict(f"`{key}` is a standard role, which stays as it is", pointer)


async def create(call: Call) -> Answer:
    """Answer POST /roles."""
    decoded = roles.decode(call.body)
    if decoded.key in STANDARD:
        raise _is_standard(decoded.key, "/roleKey")
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await entitlements.advance(connection, call.account)
        if await custom_roles.get(connection, call.account, decoded.key) is not None:
            raise conflict(f"there is a role `{decoded.key}` already")
        if await custom_roles.count(connection, call.account) >= NUMBER_LIMIT:
            raise conflict(f"an account has at most {NUMBER_LIMIT} roles, delete one first")
        await custom_roles.insert(connection, call.account, *decoded, call.actor.name)
        change = Change("create", "role", decoded.key, None, decoded.document)
        await audit.record(connection, call.account, call.actor, change)
    return Answer(Created(decoded.key))


async def replace(call: Call) -> Answer:
    """Answer PUT /roles/{role_key}."""
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await entitlements.advance(connection, call.account)
        stored = await _existing(connection, call)
        decoded = roles.decode(call.body, stored.key)
        if decoded.document != stored.document:
            await custom_roles.put(connection, call.account, *decoded, call.actor.name)
            change = Change("update", "role", stored.key, stored.document, decoded.document)
            await audit.record(connection, call.account, call.actor, change)
    return Answer(Status())


async def delete(call: Call) -> Answer:
    """Answer DELETE /roles/{role_key}: not while anything names it."""
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await entitlements.advance(connection, call.account)
        stored = await _existing(connection, call)
        named = await custom_roles.naming(connection, call.account, stored.key)
        if named:
            by = ", ".join(f"{each.kind} `{each.id}`" for each in named)
            raise conflict(f"the role `{stored.key}` is in use by {by}")
        await custom_roles.delete(connection, call.account, stored.key)
        change = Change("delete", "role", stored.key, stored.document, None)
        await audit.record(connection, call.account, call.actor, change)
    return Answer(Status())


READ, WRITE = Scope.ENTITLEMENTS_READ, Scope.ENTITLEMENTS_WRITE
BODY = Body(RoleObject, objects.decode)
MAP = ResultMap[RoleDocument]
ONE = "/roles/{role_key}"
ROUTES = (
    Route("GET", "/roles", READ, page, "The account's roles", MAP, query=RolesQuery),
    Route("POST", "/roles", WRITE, create, "Create a role", Created, body=BODY),
    Route("GET", ONE, READ, get, "One role, by its key", RoleDocument),
    Route("PUT", ONE, WRITE, replace, "Replace a role", Status, body=BODY),
    Route("DELETE", ONE, WRITE, delete, "Delete a role that nothing names", Status),
    Route(
        *("GET", f"{containers.WITHIN}/roles", READ, page, "Roles that a datastore has from above", MAP),
        query=RolesQuery,
    ),
    Route("GET", containers.WITHIN + ONE, READ, get, "One role, by its key", RoleDocument),
)
