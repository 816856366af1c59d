"""What is kept of users besides their records: the name to log in with, a client's own fields, a password.

Who was given no name to log in with is called by the address, and logs in with that.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.directory.login import folded_login
from shared.store import queries
from shared.store.pool import Connection

SQL = queries.load("profiles.sql")


class Person(NamedTuple):
    """A user with the profile: `login` and what follows is None for one who has none."""

    ordinal: int
    user_id: UUID
    email: str
    name: str
    created_at: datetime
    updated_at: datetime
    login: str | None = None
    document: bytes | None = None
    created_by: str | None = None
    profile_modified_at: datetime | None = None
    modified_by: str | None = None
    has_password: bool = False


async def several(connection: Connection, account: UUID, users: Collection[UUID]) -> list[Person]:
    """Some users as they are, in the order of their creation."""
    return [Person(*row) for row in await connection.fetch(SQL["by_id"], account, list(users))]


async def page(connection: Connection, account: UUID, version: int, ordinals: list[int]) -> list[Person]:
    """The users with some ordinals, as they were at a version, in the order of their creation."""
    return [Person(*row) for row in await connection.fetch(SQL["by_ordinal"], account, version, ordinals)]


class Profile(NamedTuple):
    """What a profile says: the login name as it is shown, None without one, a client's own fields as JSON."""

    login: str | None
    document: bytes


async def put(connection: Connection, account: UUID, user_id: UUID, given: Profile, by: str) -> None:
    """Write a user's profile; raises UniqueViolation if another user has the login name."""
    folded = None if given.login is None else folded_login(given.login)
    row = (account, user_id, given.login, folded, given.document, by)
    await connection.execute(SQL["put"], *row)


async def set_password(connection: Connection, account: UUID, user_id: UUID, hashed: str) -> None:
    """Give a user who has a profile a password, by its hash."""
    await connection.execute(SQL["set_password"], account, user_id, hashed)
