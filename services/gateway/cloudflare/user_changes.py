"""Users: create, change, delete, record a login. Each is a version of the directory, and is audited."""

from uuid import UUID

import msgspec

from services.gateway import users
from services.gateway.cloudflare import envelope, repetition
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.routing import Answer, Call
from services.gateway.users import Scene
from shared.directory.merge import Record, User
from shared.store import audit, people, rows
from shared.store.audit import Change
from shared.store.pool import Connection, acquire
from shared.wire.cloudflare.envelope import Removed
from shared.wire.cloudflare.identities import Login
from shared.wire.cloudflare.users import Given, UserObject, to_document, to_user


async def create(call: Call) -> Answer:
    """Answer POST …/users."""
    given: Given = call.body
    record = Record(0, None, given.address or "", given.email or "", given.name or "", (), None, None)
    async with acquire(call.resources.pool) as connection, connection.transaction():
        scene = await _scene(connection, call, [], record.address)
        for holder in scene.known:
            if not _is_repeated(call, holder, record):
                raise _taken(record.email, holder)
            return Answer(await _shown(connection, call, holder.user_id))
        (user,) = (await users.write(connection, call.account, scene, [record])).rows
        await audit.record(
            *(connection, call.account, call.actor),
            Change("create", "user", user.user_id, None, _document(user)),
        )
        return Answer(await _shown(connection, call, user.user_id))


def _is_repeated(call: Call, holder: User, record: Record) -> bool:
    """Whether this is a request whose answer was lost: the official clients send it again, and say so."""
    return repetition.says_again(call) and rows.details(holder) == (record.email, record.name)


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
        was = users.record(user)
        record = msgspec.structs.replace(
            was,
            address=given.address or was.address,
            email=was.email if given.email is None else given.email,
            name=was.name if given.name is None else given.name,
        )
        return Answer(await _change(connection, call, scene, user, record))


async def record(call: Call) -> Answer:
    """Answer PUT …/users/{user_id}/last_seen_identity: all that was recorded before is replaced."""
    login: Login | None = call.body
    user_id = path_id(call, "user_id")
    async with acquire(call.resources.pool) as connection, connection.transaction():
        scene = await _scene(connection, call, [user_id], None)
        user = _found(scene, user_id)
        text = None if login is None else login.text
        record = msgspec.structs.replace(users.record(user), identity=text)
        await _change(connection, call, scene, user, record)
    return Answer(None if login is None else msgspec.Raw(login.text))


async def delete(call: Call) -> Answer:
    """Answer DELETE …/users/{user_id}."""
    user_id = path_id(call, "user_id")
    async with acquire(call.resources.pool) as connection, connection.transaction():
        scene = await _scene(connection, call, [user_id], None)
        user = _found(scene, user_id)
        await users.write(connection, call.account, scene, [users.removal(user_id)])
        await audit.record(
            *(connection, call.account, call.actor),
            Change("delete", "user", user_id, _document(user), None),
        )
    return Answer(Removed(user_id))


async def _scene(connection: Connection, call: Call, ids: list[UUID], address: str | None) -> Scene:
    return await users.scene(connection, call.account, ids, [] if address is None else [address])


def _found(scene: Scene, user_id: UUID) -> User:
    user = scene.user(user_id)
    if user is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    return user


def _taken(email: str, holder: User) -> envelope.Failed:
    return envelope.in_use(f"`{email}` is the address of user `{holder.user_id}`")


async def _change(connection: Connection, call: Call, scene: Scene, user: User, record: Record) -> UserObject:
    """Make a user what a record says; what it was already is no change."""
    for now in (await users.write(connection, call.account, scene, [record])).rows:
        await audit.record(
            *(connection, call.account, call.actor),
            Change("update", "user", user.user_id, _document(user), _document(now)),
        )
    return await _shown(connection, call, user.user_id)


def _document(user: User) -> bytes:
    return to_document(user.user_id, *rows.details(user), user.identity)


async def _shown(connection: Connection, call: Call, user_id: UUID) -> UserObject:
    stored = await people.get(connection, call.account, user_id)
    assert stored is not None  # noqa: S101  # INVARIANT: we hold the directory, and the user is in it
    return to_user(stored)
