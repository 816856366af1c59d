"""Groups: created, changed, deleted. Who is in one is written in the records of users, by its name."""

import asyncio
import secrets

import msgspec
from msgspec.structs import replace

from services.gateway import users
from services.gateway.cloudcms.answers import Created, Failed, Status, conflict, not_found, refused
from services.gateway.cloudcms.principals import user_changes
from services.gateway.cloudcms.principals.principal_documents import audited, group_document
from services.gateway.cloudcms.writing import writing
from services.gateway.routing import Answer, Call
from services.gateway.users import Scene
from shared.directory.merge import Record, User
from shared.policy.entitlement.estate import EVERYONE
from shared.store import audit, departures, entitlements, groups
from shared.store.audit import Change
from shared.store.entitlements import Unchanged
from shared.store.groups import Group
from shared.store.pool import Connection, acquire
from shared.wire import quotas
from shared.wire.cloudcms.principals import Given

NUMBER_LIMIT = quotas.GROUPS
MEMBERS_LIMIT = 10_000
"""Users whom the deletion of a group can take it from at once."""


def fixed() -> Failed:
    """What answers a change of the group of all users."""
    return conflict(f"the group `{EVERYONE}` has all users, always: it cannot be changed")


async def existing(connection: Connection, call: Call, group_id: str) -> Group:
    """A group by its id; raises Failed."""
    found = await groups.several(connection, call.account, [group_id])
    if not found:
        raise not_found(f"group `{group_id[:64]}`")
    return found[0]


async def create(call: Call, given: Given) -> Answer:
    """Create a group, without members."""
    if given.name is None:
        raise refused("a group needs `name`", "/name")
    group_id = secrets.token_hex(10)
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await entitlements.advance(connection, call.account)
        await user_changes.check_name_free(connection, call, given.name)
        await check_number(connection, call)
        row = (group_id, given.name, given.text, call.actor.name)
        if not await groups.insert(connection, call.account, *row):
            raise conflict(f"there is a group `{given.name}` already")
        now = group_document(await existing(connection, call, group_id))
        change = Change("create", "directory_group", group_id, None, audited(now))
        await audit.record(connection, call.account, call.actor, change)
    return Answer(Created(group_id))


async def check_number(connection: Connection, call: Call) -> None:
    """Raises Failed where no more groups can be made; those that came with records do not count."""
    if await groups.over(connection, call.account, NUMBER_LIMIT - 1):
        raise conflict(f"an account can make at most {NUMBER_LIMIT} groups, delete one first")


async def update(call: Call, group_id: str, given: Given) -> Answer:
    """Replace a group's own fields."""
    if group_id == EVERYONE:
        raise fixed()
    async with writing(call) as connection:
        await entitlements.advance(connection, call.account)
        before = await existing(connection, call, group_id)
        if given.name not in (None, before.name):
            message = (
                f"the group keeps its name `{before.name}`, by which users' records hold it: make another"
            )
            raise conflict(message)
        own = {
            name: value for name, value in given.document.items() if (name, value) != ("title", before.name)
        }
        await groups.put(connection, call.account, group_id, msgspec.json.encode(own), call.actor.name)
        was = audited(group_document(before))
        now = audited(group_document(await existing(connection, call, group_id)))
        if was == now:
            raise Unchanged
        change = Change("update", "directory_group", group_id, was, now)
        await audit.record(connection, call.account, call.actor, change)
    return Answer(Status())


async def delete(call: Call, group_id: str) -> Answer:
    """Delete a group with all that it holds; users who are members no longer are."""
    if group_id == EVERYONE:
        raise fixed()
    async with acquire(call.resources.pool) as connection, connection.transaction():
        scene = await users.scene(connection, call.account, [], [])
        await entitlements.advance(connection, call.account)
        group = await existing(connection, call, group_id)
        team = await groups.team_of(connection, call.account, group_id)
        if team is not None:
            raise conflict(f"the group has the members of team `{team}`: delete the team")
        await remove(connection, call, scene, group)
    return Answer(Status())


async def remove(connection: Connection, call: Call, scene: Scene, group: Group) -> None:
    """Remove a group that no team has, with all that it holds and out of all records; in a transaction."""
    await _release(connection, call, scene, group.name)
    await departures.forget_group(connection, call.account, group.group_id)
    await groups.delete(connection, call.account, group.group_id)
    before = audited(group_document(group))
    change = Change("delete", "directory_group", group.group_id, before, None)
    await audit.record(connection, call.account, call.actor, change)


async def _release(connection: Connection, call: Call, scene: Scene, name: str) -> None:
    """Take a group's name out of the records of all users who have it."""
    bits = scene.directory.segment_bits
    members = await groups.members(connection, call.account, [name], bits)
    number = sum(map(len, members.values()))
    if not number:
        return
    user_changes.check_allowed(call)
    if number > MEMBERS_LIMIT:
        message = f"the group has {number} users: take it from all but {MEMBERS_LIMIT} of them by an import"
        raise conflict(message)
    version = scene.directory.version
    known = await groups.records(connection, call.account, version, members, bits)
    records = await asyncio.to_thread(_without, known, name)
    await users.write(connection, call.account, scene._replace(known=known), records)


def _without(known: list[User], name: str) -> list[Record]:
    records = map(users.record, known)
    return [replace(was, groups=tuple(each for each in was.groups if each != name)) for was in records]
