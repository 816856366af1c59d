"""Who can log in: logins made by the operator, and users of the directory whose profiles have a password."""

import secrets
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg
from msgspec import Struct

from shared.directory.login import address_in, folded_login
from shared.store import queries
from shared.store.pool import Connection

SQL = queries.load("logins.sql")

NAME_LIMIT = 1024
"""Characters; nobody's name has more."""
# A user of the directory logs in to see what holds, not to change it.
PERSONAL = frozenset({"entitlements:read"})


class Login(NamedTuple):
    """Who may log in: by an operator's `login_id` or as a `user`; `password` is what is stored of it."""

    login_id: str | None
    user: UUID | None
    name: str
    password: str
    scopes: frozenset[str]


class Described(Struct, frozen=True):
    """What a login is, all but its password."""

    login_id: str
    username: str
    scopes: list[str]
    enabled: bool


async def find(connection: Connection, account: UUID, username: str) -> Login | None:
    """Whoever has a name in an account; None for nobody, or nobody who may log in.

    An operator's login counts before a user who has the same name, and while it is disabled keeps the name.
    A user without a login name is called by the address; if that is another's login name, neither logs in.
    """
    if len(username) > NAME_LIMIT or "\0" in username:
        return None
    folded = folded_login(username)
    row = await connection.fetchrow(SQL["login"], account, folded)
    if row is not None:
        login = Login(row["login_id"], None, row["username"], row["password"], frozenset(row["scopes"]))
        return login if row["enabled"] else None
    people = await connection.fetch(SQL["person"], account, folded)
    address = address_in(username)
    if address is not None:
        people += await connection.fetch(SQL["addressed"], account, address)
    if len(people) != 1:
        return None
    user, name, password = people[0]
    return None if password is None else Login(None, user, name, password, PERSONAL)


async def create(
    connection: Connection, account: UUID, username: str, password: str, scopes: Sequence[str]
) -> Described:
    """A new login, its `password` hashed; raises UniqueViolation if there is one of that name."""
    described = Described(secrets.token_hex(10), username, list(scopes), enabled=True)
    row = (described.login_id, username, folded_login(username), password, described.scopes)
    await connection.execute(SQL["create"], account, *row)
    return described


async def describe(connection: Connection, account: UUID, username: str) -> Described | None:
    """What a login is, until the transaction ends; None when the account has no such login."""
    row = await connection.fetchrow(SQL["describe"], account, folded_login(username))
    return None if row is None else Described(*row)


async def set_password(
    connection: Connection, account: UUID, username: str, password: str
) -> Described | None:
    """Give a login another password, hashed; end its sessions, enable it. None: there is no such login."""
    row = await connection.fetchrow(SQL["set_password"], account, folded_login(username), password)
    return await _changed(connection, account, row)


async def disable(connection: Connection, account: UUID, username: str) -> Described | None:
    """Let a login in no more, and end its sessions. None when the account has no such login."""
    row = await connection.fetchrow(SQL["disable"], account, folded_login(username))
    return await _changed(connection, account, row)


async def _changed(connection: Connection, account: UUID, row: asyncpg.Record | None) -> Described | None:
    if row is None:
        return None
    described = Described(*row)
    await connection.execute(SQL["end_sessions"], account, described.login_id)
    return described
