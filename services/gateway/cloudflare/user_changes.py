"""Users: create, change, delete, record a login. Each is a version of the directory, and is audited."""

from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec

from services.gateway.cloudflare import envelope, repetition
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.routing import Answer, Call
from shared.directory.merge import Merged, Record, User, merge
from shared.directory.movement import Movement
from shared.store import audit, errors, people, rows, users, writing
from shared.store.audit import Change
from shared.store.pool import Connection, acquire
from shared.store.rows import Details
from shared.store.users import Directory
from shared.wire.cloudflare.envelope import Removed
from shared.wire.cloudflare.identities import Login
from shared.wire.cloudflare.users import Given, UserObject, to_document, to_user

# An import holds the directory for about a second at a time. There are two locks to wait for: of the writer,
# and of who has waited longest; only then is PostgreSQL at fault.
LOCK_SECONDS = 3.0
WAIT_SECONDS = 7.0


class _Scene(NamedTuple):
    """The directory, ours to write to, and the users whom a change is about."""

    directory: Directory
    known: list[User]


async def create(call: Call) -> Answer:
    """Answer POST …/users."""
    given: Given = call.body
    record = Record(0, None, given.address or "", given.email or "", given.name or "", (), None, None)
    async with acquire(call.resources.pool) as connection, connection.transaction():
        scene = await _scene(connection, call, [], record.address)
        for holder in scene.known:
            if not _is_repeated(call, rows.details(holder), record):
                raise _taken(record.email, holder)
            return Answer(await _shown(connection, call, holder.user_id))
        (user,) = (await _merged(connection, call, scene, record)).rows
        await audit.record(
            *(connection, call.account, call.actor),
            Change("create", "user", user.user_id, None, _document(user)),
        )
        return Answer(await _shown(connection, call, user.user_id))


def _is_repeated(call: Call, holder: Details, record: Record) -> bool:
    """Whether this is a request whose answer was lost: the official clients send it again, and say so."""
    return repetition.says_again(call) and (holder.email, holder.name) == (record.email, record.name)


async def update(call: Call) -> Answer:
    """Answer PUT …/users/{user_id}."""
    given: Given = call.body
    user_id = path_id(call, "user_id")
    async with acquire(call.resources.pool) as connection, connection.transaction():
        scene = await _scene(connection, call, [user_id], given.address)
        user = _found(scene, user_id)
        for holder in scene.known:
            if holder is not user:
                raise _taken(given.email or "", holder)
        address = given.address or user.address
        was = rows.details(user)
        email = was.email if given.email is None else given.email
        name = was.name if given.name is None else given.name
        record = Record(0, user_id, address, email, name, was.groups, user.identity, None)
        return Answer(await _change(connection, call, scene, user, record))


async def record(call: Call) -> Answer:
    """Answer PUT …/users/{user_id}/last_seen_identity: all that was recorded before is replaced."""
    login: Login | None = call.body
    user_id = path_id(call, "user_id")
    async with acquire(call.resources.pool) as connection, connection.transaction():
        scene = await _scene(connection, call, [user_id], None)
        user = _found(scene, user_id)
        text = None if login is None else login.text
        record = Record(0, user_id, user.address, *rows.details(user), text, None)
        await _change(connection, call, scene, user, record)
    return Answer(None if login is None else msgspec.Raw(login.text))


async def delete(call: Call) -> Answer:
    """Answer DELETE …/users/{user_id}."""
    user_id = path_id(call, "user_id")
    async with acquire(call.resources.pool) as connection, connection.transaction():
        scene = await _scene(connection, call, [user_id], None)
        user = _found(scene, user_id)
        await _merged(connection, call, scene, Record(0, user_id, "", "", "", (), None, None, deleted=True))
        await audit.record(
            *(connection, call.account, call.actor),
            Change("delete", "user", user_id, _document(user), None),
        )
    return Answer(Removed(user_id))


async def _scene(connection: Connection, call: Call, ids: list[UUID], address: str | None) -> _Scene:
    await errors.bound_waits(connection, LOCK_SECONDS)
    await people.wait(connection, call.account, WAIT_SECONDS)
    directory = await users.lock(connection, call.account)
    addresses = [] if address is None else [address]
    return _Scene(directory, await users.matching(connection, call.account, ids, addresses))


def _found(scene: _Scene, user_id: UUID) -> User:
    for user in scene.known:
        if user.user_id == user_id:
            return user
    raise envelope.Failed(envelope.NOT_FOUND)


def _taken(email: str, holder: User) -> envelope.Failed:
    return envelope.in_use(f"`{email}` is the address of user `{holder.user_id}`")


async def _merged(connection: Connection, call: Call, scene: _Scene, record: Record) -> Merged:
    directory = scene.directory
    entries = [rows.entry(record)]
    merged = merge(entries, scene.known, Movement(directory.segment_bits), directory.next_ordinal, uuid4)
    await writing.write(connection, call.account, directory, merged)
    return merged


async def _change(
    connection: Connection, call: Call, scene: _Scene, user: User, record: Record
) -> UserObject:
    """Make a user what a record says; what it was already is no change."""
    for now in (await _merged(connection, call, scene, record)).rows:
        await audit.record(
            *(connection, call.account, call.actor),
            Change("update", "user", user.user_id, _document(user), _document(now)),
        )
    return await _shown(connection, call, user.user_id)


def _document(user: User) -> bytes:
    details = rows.details(user)
    return to_document(user.user_id, details.email, details.name, user.identity)


async def _shown(connection: Connection, call: Call, user_id: UUID) -> UserObject:
    stored = await people.get(connection, call.account, user_id)
    assert stored is not None  # noqa: S101  # INVARIANT: we hold the directory, and the user is in it
    return to_user(stored)
