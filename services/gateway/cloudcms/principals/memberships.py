"""Users and groups become members of groups, and cease to be: for groups as such, and for those of teams."""

import asyncio
from collections.abc import Mapping

import msgspec

from services.gateway import users
from services.gateway.cloudcms.answers import conflict, not_found
from services.gateway.cloudcms.principals import user_changes
from services.gateway.cloudcms.principals.group_changes import existing
from services.gateway.cloudcms.principals.principal_documents import audited
from services.gateway.routing import Call
from shared.directory.membership import cycle, depth, reversed_edges
from shared.policy.entitlement.estate import EVERYONE, Holder
from shared.store import audit, entitlements, groups
from shared.store.audit import Change
from shared.store.groups import Group
from shared.store.pool import Connection
from shared.store.principals import user_id_of
from shared.wire import quotas
from shared.wire.cloudcms.references import DOMAIN
from shared.wire.directory.records import GROUPS_LIMIT

DEPTH_LIMIT = quotas.GROUPS_DEPTH


async def change(connection: Connection, call: Call, group_id: str, member: Holder, *, belongs: bool) -> bool:
    """Make a user or a group a member of a group, or no longer; False if that is so already.

    Takes the directory's lock before that of the entitlements: its transaction must not have either before.
    """
    turn = _turn_user if member.kind == "user" else _turn_group
    group = await turn(connection, call, group_id, member.id, belongs=belongs)
    if group is None:
        return False
    about = {"name": group.name, "member": f"{DOMAIN}/{member.id}"}
    was, now = (audited({**about, "belongs": each}) for each in (not belongs, belongs))
    what = Change("update", "directory_group", group_id, was, now)
    await audit.record(connection, call.account, call.actor, what)
    return True


async def _turn_user(
    connection: Connection, call: Call, group_id: str, member: str, *, belongs: bool
) -> Group | None:
    user_changes.check_allowed(call)
    user_id = user_id_of(member)
    scene = await users.scene(connection, call.account, [] if user_id is None else [user_id], [])
    group = await existing(connection, call, group_id)
    if not scene.known:
        raise not_found(f"user `{member}`")
    was = users.record(scene.known[0])
    if (group.name in was.groups) == belongs:
        return None
    others = tuple(name for name in was.groups if name != group.name)
    if belongs and len(others) >= GROUPS_LIMIT:
        raise conflict(f"a user is in at most {GROUPS_LIMIT} groups")
    record = msgspec.structs.replace(was, groups=(*others, group.name) if belongs else others)
    await users.write(connection, call.account, scene, [record])
    return group


async def _turn_group(
    connection: Connection, call: Call, group_id: str, member: str, *, belongs: bool
) -> Group | None:
    await entitlements.advance(connection, call.account)
    if member == EVERYONE:
        raise conflict(f"the group `{EVERYONE}` has all users, always: it is a member of none")
    group = await existing(connection, call, group_id)
    await existing(connection, call, member)
    if not belongs:
        return group if await groups.unnest(connection, call.account, group_id, member) else None
    nestings = await groups.nestings(connection, call.account)
    way, deep = await asyncio.to_thread(_way, nestings, group_id, member)
    if way:
        steps = {each.group_id: each.name for each in await groups.several(connection, call.account, way)}
        path = " → ".join(f"`{steps.get(each, each)}`" for each in way)
        raise conflict(f"groups would be members of themselves: {path}")
    if deep > DEPTH_LIMIT:
        raise conflict(f"groups are nested at most {DEPTH_LIMIT} deep, with `{group.name}` it would be more")
    return group if await groups.nest(connection, call.account, group_id, member) else None


def _way(nestings: Mapping[str, tuple[str, ...]], group: str, member: str) -> tuple[tuple[str, ...], int]:
    """The way from a group over a new member back to itself, and how deep the longest over both would be."""
    above = depth(reversed_edges(nestings), group, DEPTH_LIMIT)
    return cycle(nestings, group, member), above + depth(nestings, member, DEPTH_LIMIT)
