"""Users: find them, look at one. What changes them is in `user_changes`."""

from typing import Annotated, Any, NoReturn

import msgspec
from msgspec import Meta

from services.gateway import users
from services.gateway.auth import Scope
from services.gateway.cloudflare import envelope, user_changes
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.cloudflare.query import Paged, PerPage
from services.gateway.routing import Answer, Body, Call, Route
from shared.directory.email import canonical_email
from shared.directory.errors import Refused
from shared.directory.identity import Identity
from shared.store import people
from shared.store.people import Endless, Hits, Wanted, Window
from shared.store.pool import Connection, acquire, one_moment
from shared.store.users import Directory
from shared.wire.cloudflare import identities
from shared.wire.cloudflare.envelope import Removed, page_info
from shared.wire.cloudflare.users import (
    NAME_LIMIT,
    Stored,
    UserCreation,
    UserObject,
    UserUpdate,
    decode_creation,
    decode_update,
    to_user,
)
from shared.wire.faults import Fault, Faulty

PATH = "/accounts/{account_id}/access/users"
ONE = PATH + "/{user_id}"
READ, WRITE = Scope.DIRECTORY_READ, Scope.DIRECTORY_WRITE

Text = Annotated[str, Meta(max_length=NAME_LIMIT)]


class UserQuery(Paged, frozen=True):
    """A page of users: all, or those of an address, of a name, with a text in either, whatever its case."""

    per_page: PerPage = 1000
    email: Text | None = None
    name: Text | None = None
    search: Text | None = None


def _wanted(asked: UserQuery) -> Wanted:
    """What a query asks for; raises Faulty. To search for nothing is to find everybody."""
    given = {"email": asked.email, "name": asked.name, "search": asked.search}
    faults = [
        Fault(f"`{name}` holds the character NUL") for name, text in given.items() if "\0" in (text or "")
    ]
    address = None
    try:
        address = None if asked.email is None else canonical_email(asked.email)
    except Refused as refusal:
        faults.append(Fault(f"`email`: {refusal}; to look for a part of one, use `search`"))
    if faults:
        raise Faulty(*faults)
    return Wanted(address, asked.name, asked.search or None)


async def every(call: Call) -> Answer:
    """Answer GET …/users. One snapshot, so that the page and the count are of the same users."""
    asked: UserQuery = call.query
    wanted, window = _wanted(asked), Window(asked.skip, asked.per_page)
    async with acquire(call.resources.pool) as connection, one_moment(connection):
        now = await people.directory(connection, call.account)
        hits = await _hits(connection, now, call, wanted, window)
        found = await people.rows(connection, call.account, now.version, hits.ordinals)
    page = page_info(asked.page, asked.per_page, len(found), hits.total)
    return Answer([to_user(each) for each in found], page)


async def _hits(connection: Connection, now: Directory, call: Call, wanted: Wanted, window: Window) -> Hits:
    if wanted.everybody:
        return users.page_of(await people.living(connection, call.account, now), now.segment_bits, window)
    try:
        return await people.search(*(connection, call.account, now, wanted, window), call.resources.searches)
    except Endless as endless:
        message = (
            f"the page is not full after {endless.seen} of {endless.users} users: ask again, and the search "
            "goes on, or give the whole address as `email`"
        )
        raise envelope.put_off(message) from None


async def _stored(call: Call) -> Stored:
    user_id = path_id(call, "user_id")
    async with acquire(call.resources.pool) as connection:
        stored = await people.get(connection, call.account, user_id)
    if stored is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    return stored


async def one(call: Call) -> Answer:
    """Answer GET …/users/{user_id}."""
    return Answer(to_user(await _stored(call)))


async def identity(call: Call) -> Answer:
    """Answer GET …/users/{user_id}/last_seen_identity, as it was recorded."""
    stored = await _stored(call)
    if stored.identity is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    return Answer(msgspec.Raw(stored.identity))


async def nothing(call: Call) -> Answer:
    """Answer what is asked of a user's sessions and failed logins: nobody logs in here."""
    await _stored(call)
    return Answer([])


async def no_session(_: Call) -> NoReturn:
    """Answer GET …/active_sessions/{nonce}."""
    raise envelope.Failed(envelope.NOT_FOUND)


ROUTES = (
    Route("GET", PATH, READ, every, "Users", list[UserObject], query=UserQuery, paged=True),
    Route(
        *("POST", PATH, WRITE, user_changes.create, "Create a user", UserObject, 201),
        body=Body(UserCreation, decode_creation),
    ),
    Route("GET", ONE, READ, one, "A user", UserObject),
    Route(
        *("PUT", ONE, WRITE, user_changes.update, "Change a user's address or name", UserObject),
        body=Body(UserUpdate, decode_update),
    ),
    Route("DELETE", ONE, WRITE, user_changes.delete, "Delete a user", Removed, 202),
    Route("GET", ONE + "/last_seen_identity", READ, identity, "What a user's last login said", Identity),
    Route(
        *("PUT", ONE + "/last_seen_identity", WRITE, user_changes.record),
        *("Record what a user's last login said; `null` forgets it", Identity | None),
        body=Body(Identity | None, identities.decode, large=True),
    ),
    Route("GET", ONE + "/active_sessions", READ, nothing, "No sessions", list[Any]),
    Route("GET", ONE + "/active_sessions/{nonce}", READ, no_session, "No session", dict[str, Any]),
    Route("GET", ONE + "/failed_logins", READ, nothing, "No failed logins", list[Any]),
)
