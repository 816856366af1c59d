"""Who holds which policy: users, groups and teams; members of these have it by that."""

import asyncio
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from services.gateway import entitlements as states
from services.gateway.auth import Scope
from services.gateway.cloudcms import listing
from services.gateway.cloudcms.answers import ResultMap, Status, conflict, refused, result_map
from services.gateway.cloudcms.bounds import room
from services.gateway.cloudcms.listing import MOST, Listing
from services.gateway.cloudcms.policies import holders, policy_rows
from services.gateway.cloudcms.policies.policies import ONE, PATH, existing, path_id
from services.gateway.cloudcms.policies.policy_rows import Choice, Row
from services.gateway.cloudcms.writing import writing
from services.gateway.entitlements import View
from services.gateway.routing import Answer, Call, Route
from shared.policy.entitlement import closure
from shared.policy.entitlement.estate import Estate, Holder
from shared.policy.entitlement.policy import Scope as PolicyScope
from shared.store import access_policies, assignments, audit, entitlements
from shared.store.audit import Change
from shared.store.entitlements import Unchanged
from shared.store.pool import Connection, acquire
from shared.wire import quotas
from shared.wire.cloudcms.policy_shapes import AccessPolicyDocument, TargetRow
from shared.wire.cloudcms.shipped import system_policies

NUMBER_LIMIT = quotas.ASSIGNMENTS
FEW = 1000
"""Policies that are read and put together without much ado."""
Ref = Annotated[str, Meta(min_length=1, max_length=1024)]


class HolderQuery(msgspec.Struct, frozen=True):
    """Whom it is about: a reference of a user, group or team, or a principal's id or name."""

    ref: Ref | None = None


class FindQuery(Listing, frozen=True):
    """A part of the policies that somebody holds, of one scope if that is given.

    `inherited` are also those that come by groups and teams.
    """

    ref: Ref | None = None
    scope: str | None = None
    inherited: bool = False


async def _meant(connection: Connection, call: Call) -> Holder:
    """Whom the request is about; raises Faulty and Failed."""
    if call.query.ref is None:
        raise refused("`ref` is needed: a reference of a user, group or team, or a principal's id or name")
    return await holders.holder(connection, call.account, call.query.ref)


async def _check_policy(connection: Connection, account: UUID, policy_id: str) -> None:
    if policy_id not in system_policies():
        await existing(connection, account, policy_id)


async def assign(call: Call) -> Answer:
    """Answer POST /access/policies/{policy_id}/assign."""
    policy_id = path_id(call)
    async with writing(call) as connection:
        await entitlements.advance(connection, call.account)
        await _check_policy(connection, call.account, policy_id)
        holder = await _meant(connection, call)
        if not await assignments.assign(connection, call.account, policy_id, holder):
            raise Unchanged
        if await assignments.number(connection, call.account) > NUMBER_LIMIT:
            raise conflict(f"an account has at most {NUMBER_LIMIT} assignments, unassign one first")
        await _record(connection, call, policy_id, holder, is_held=True)
    return Answer(Status())


async def unassign(call: Call) -> Answer:
    """Answer POST /access/policies/{policy_id}/unassign."""
    policy_id = path_id(call)
    async with writing(call) as connection:
        await entitlements.advance(connection, call.account)
        await _check_policy(connection, call.account, policy_id)
        holder = await _meant(connection, call)
        if not await assignments.unassign(connection, call.account, policy_id, holder):
            raise Unchanged
        await _record(connection, call, policy_id, holder, is_held=False)
    return Answer(Status())


async def unassign_all(call: Call) -> Answer:
    """Answer POST /access/policies/unassignall."""
    async with writing(call) as connection:
        await entitlements.advance(connection, call.account)
        holder = await _meant(connection, call)
        policies = await assignments.unassign_all(connection, call.account, holder)
        if not policies:
            raise Unchanged
        change = Change("delete", "assignment", holder.id, _document(holder, policies), None)
        await audit.record(connection, call.account, call.actor, change)
    return Answer(Status())


async def _record(
    connection: Connection, call: Call, policy_id: str, holder: Holder, *, is_held: bool
) -> None:
    document = _document(holder, [policy_id])
    before, after = (None, document) if is_held else (document, None)
    change = Change("create" if is_held else "delete", "assignment", policy_id, before, after)
    await audit.record(connection, call.account, call.actor, change)


def _document(holder: Holder, policies: Sequence[str]) -> bytes:
    held_by = {"type": holder.kind, "id": holder.id}
    return msgspec.json.encode({"holder": held_by, "policies": policies})


async def find(call: Call) -> Answer:
    """Answer POST /access/policies/find: what somebody holds, in the order of assignment."""
    asked: FindQuery = call.query
    choice = Choice(asked, listing.sorts(call.request), None, _scope(asked.scope))
    async with acquire(call.resources.pool) as connection:
        holder = await _meant(connection, call)
        found = await assignments.held(connection, call.account, holder)
    if asked.inherited:
        found = list(dict.fromkeys([*found, *await _inherited(call, holder)]))
    wanted = found[asked.skip : asked.skip + asked.most] if choice.any else found
    async with room(call, heavy=len(wanted) > FEW):
        async with acquire(call.resources.pool) as connection:
            rows = await _rows(connection, call.account, wanted)
        if choice.any:
            return Answer(await asyncio.to_thread(policy_rows.shown, rows, len(found), asked.skip))
        return Answer(await asyncio.to_thread(policy_rows.chosen, rows, choice))


async def _inherited(call: Call, holder: Holder) -> list[str]:
    """The ids of the policies that somebody has by any way, the nearest first."""
    if holder.kind == "team":
        return []

    async def read(view: View) -> tuple[Estate, tuple[str, ...]]:
        users = [holder.id] if holder.kind == "user" else []
        return await view.estate(), (await view.groups(users)).get(holder.id, ())

    estate, groups = await states.read(call.resources, call.account, read)
    return [each.policy.id for each in closure.held(estate, holder, groups, {}).holdings]


def _scope(given: str | None) -> PolicyScope | None:
    try:
        return PolicyScope(given) if given else None
    except ValueError:
        raise refused("`scope` is `platform` or `project`") from None


async def _rows(connection: Connection, account: UUID, ids: Sequence[str]) -> list[Row]:
    """Policies by their ids, system policies among them."""
    stored = await access_policies.several(connection, account, ids)
    found = {each: policy_rows.stored(row) for each, row in stored.items()}
    found |= {each: row for each in ids if (row := policy_rows.shipped(each)) is not None}
    return [found[each] for each in ids if each in found]


async def targets(call: Call) -> Answer:
    """Answer GET /access/policies/{policy_id}/targets."""
    asked: Listing = call.query
    policy_id, by = path_id(call), listing.sorts(call.request)
    window = (0, MOST) if by else (asked.skip, asked.most)
    async with acquire(call.resources.pool) as connection:
        await _check_policy(connection, call.account, policy_id)
        total = await assignments.number_of_targets(connection, call.account, policy_id)
        if by and total > MOST:
            raise refused(f"up to {MOST} targets can be sorted, and there are {total}")
        found = await assignments.targets(connection, call.account, policy_id, window)
        rows = await holders.described(connection, call.account, found)
    if by:
        rows = listing.in_order(rows, by)[asked.skip : asked.skip + asked.most]
    return Answer(result_map(rows, total, asked.skip))


READ, WRITE = Scope.ENTITLEMENTS_READ, Scope.ENTITLEMENTS_WRITE
ROUTES = (
    Route(
        *("POST", PATH + "/find", READ, find, "Access policies that somebody holds"),
        *(ResultMap[AccessPolicyDocument],),
        query=FindQuery,
    ),
    Route(
        *("POST", PATH + "/unassignall", WRITE, unassign_all, "Let somebody hold no access policy", Status),
        query=HolderQuery,
    ),
    Route(
        *("POST", ONE + "/assign", WRITE, assign, "Let somebody hold an access policy", Status),
        query=HolderQuery,
    ),
    Route(
        *("POST", ONE + "/unassign", WRITE, unassign, "Let somebody hold an access policy no more", Status),
        query=HolderQuery,
    ),
    Route(
        *("GET", ONE + "/targets", READ, targets, "Who holds an access policy", ResultMap[TargetRow]),
        query=Listing,
    ),
)
