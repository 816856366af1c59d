"""Users of this dialect, who are the directory's: created, changed, deleted, given a password."""

from uuid import UUID

import msgspec

from services.gateway import users
from services.gateway.auth import Scope
from services.gateway.cloudcms.answers import Created, Status, conflict, lacks_scope, not_found, refused
from services.gateway.cloudcms.principals.principal_documents import audited, login_of, user_document
from services.gateway.routing import Answer, Call
from services.gateway.users import Scene
from shared.directory.email import canonical_email
from shared.directory.login import address_of, folded_login
from shared.directory.merge import Record
from shared.store import audit, entitlements, principals, profiles
from shared.store.audit import Change
from shared.store.errors import UniqueViolation
from shared.store.pool import Connection, acquire
from shared.store.profiles import Person, Profile
from shared.wire.cloudcms.principals import Given, password_faults
from shared.wire.cloudcms.references import DOMAIN
from shared.wire.faults import Faulty


def check_allowed(call: Call) -> None:
    """Raises Failed for a token that must not change users."""
    if not call.caller.may(Scope.DIRECTORY_WRITE):
        raise lacks_scope(Scope.DIRECTORY_WRITE.value)


async def create(call: Call, given: Given) -> Answer:
    """Create a user; one without an address has none that anybody could know."""
    check_allowed(call)
    if given.name is None:
        raise refused("a user needs `name`", "/name")
    hashed = await _hashed(call, given.password)
    email = given.email or address_of(given.name)
    address = canonical_email(email)
    async with acquire(call.resources.pool) as connection, connection.transaction():
        scene = await users.scene(connection, call.account, [], [address])
        await _check_free(connection, call, scene, given)
        record = Record(0, None, address, email, given.full_name or given.name, (), None, None)
        (user,) = (await users.write(connection, call.account, scene, [record])).rows
        profile = Profile(given.name, given.text)
        await _put(connection, call, user.user_id, profile)
        if hashed is not None:
            await profiles.set_password(connection, call.account, user.user_id, hashed)
        await _audit(connection, call, None, await _person(connection, call, user.user_id))
    return Answer(Created(str(user.user_id)))


async def update(call: Call, user_id: UUID, given: Given) -> Answer:
    """Replace a user's own fields; name, address and password stay where nothing is said of them."""
    check_allowed(call)
    hashed = await _hashed(call, given.password)
    addresses = [] if given.email is None else [canonical_email(given.email)]
    async with acquire(call.resources.pool) as connection, connection.transaction():
        scene = await users.scene(connection, call.account, [user_id], addresses)
        before = await _person(connection, call, user_id)
        await _check_free(connection, call, scene, given, before)
        await _rewrite(connection, call, scene, before, given)
        profile = Profile(_login(before, given), _own_fields(before, given))
        if (profile.login, profile.document) != (before.login, before.document):
            await _put(connection, call, user_id, profile)
        if hashed is not None:
            await profiles.set_password(connection, call.account, user_id, hashed)
        await _audit(connection, call, before, await _person(connection, call, user_id), always=bool(hashed))
    return Answer(Status())


def _login(before: Person, given: Given) -> str | None:
    """The login name that the client gave: what it was told is none, where that is the address."""
    told = before.login is None and given.name == login_of(before)
    return before.login if given.name is None or told else given.name


def _own_fields(before: Person, given: Given) -> bytes:
    """The client's fields, without the title that it was told where there is none."""
    shown = before.name or login_of(before)
    own = {name: value for name, value in given.document.items() if (name, value) != ("title", shown)}
    return msgspec.json.encode(own)


async def _rewrite(connection: Connection, call: Call, scene: Scene, before: Person, given: Given) -> None:
    user = scene.user(before.user_id)
    if user is None:
        raise not_found(f"user `{before.user_id}`")
    was = users.record(user)
    email = was.email if given.email is None else given.email
    renamed = login_of(before) == was.name and given.name  # who has no other name is called by this one
    name = given.full_name or (given.name if renamed else was.name) or was.name
    record = msgspec.structs.replace(was, email=email, address=canonical_email(email), name=name)
    await users.write(connection, call.account, scene, [record])


async def change_password(call: Call, user_id: UUID, password: object) -> Answer:
    """Give a user another password."""
    check_allowed(call)
    faults = list(password_faults(password))
    if faults:
        raise Faulty(*faults)
    hashed = await _hashed(call, str(password))
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await users.scene(connection, call.account, [], [])
        person = await _person(connection, call, user_id)
        if person.document is None:
            await _put(connection, call, user_id, Profile(None, b"{}"))
        await profiles.set_password(connection, call.account, user_id, hashed or "")
        await _audit(connection, call, person, await _person(connection, call, user_id), always=True)
    return Answer(Status())


async def delete(call: Call, user_id: UUID) -> Answer:
    """Delete a user with all that is kept of one."""
    check_allowed(call)
    async with acquire(call.resources.pool) as connection, connection.transaction():
        scene = await users.scene(connection, call.account, [user_id], [])
        before = await _person(connection, call, user_id)
        await users.write(connection, call.account, scene, [users.removal(user_id)])
        change = Change("delete", "user", user_id, _audited(before), None)
        await audit.record(connection, call.account, call.actor, change)
    return Answer(Status())


async def _hashed(call: Call, password: str | None) -> str | None:
    return None if password is None else await call.resources.passwords.hashed(call.account, password)


async def _put(connection: Connection, call: Call, user_id: UUID, profile: Profile) -> None:
    await entitlements.advance(connection, call.account)  # by which gateways know what they may remember
    try:
        await profiles.put(connection, call.account, user_id, profile, call.actor.name)
    except UniqueViolation:
        raise conflict(f"`{profile.login}` is the name of another user") from None


async def _person(connection: Connection, call: Call, user_id: UUID) -> Person:
    found = await profiles.several(connection, call.account, [user_id])
    if not found:
        raise not_found(f"user `{user_id}`")
    return found[0]


async def _check_free(
    connection: Connection, call: Call, scene: Scene, given: Given, before: Person | None = None
) -> None:
    """Raises Failed if a name or an address that a user is to get is another principal's."""
    own = None if before is None else before.user_id
    for holder in scene.known:
        if holder.user_id != own:
            raise conflict(f"`{given.email or given.name}` is the address of user `{holder.user_id}`")
    has = () if before is None else (before.email, login_of(before))
    for new in (given.email, given.name):
        if new is not None and folded_login(new) not in map(folded_login, has):
            await check_name_free(connection, call, new, str(own))


async def check_name_free(connection: Connection, call: Call, name: str, but: str = "") -> None:
    """Raises Failed if a principal is called by a name, other than one by its id."""
    for found in await principals.all_called(connection, call.account, f"{DOMAIN}/{name}"):
        if found.holder.id != but:
            raise conflict(f"`{name[:64]}` is the name of {found.holder.kind} `{found.holder.id}`")


async def _audit(
    connection: Connection, call: Call, before: Person | None, now: Person, *, always: bool = False
) -> None:
    was, document = None if before is None else _audited(before), _audited(now)
    if always or was != document:
        change = Change("create" if was is None else "update", "user", now.user_id, was, document)
        await audit.record(connection, call.account, call.actor, change)


def _audited(person: Person) -> bytes:
    return audited({**user_document(person), "hasPassword": person.has_password})
