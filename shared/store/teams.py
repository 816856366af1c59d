"""Teams in the database. Who writes one has the version of `entitlements.advance`."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.policy.entitlement.resource import folded
from shared.store import queries
from shared.store.entitlements import PLATFORM
from shared.store.pool import Connection

SQL = queries.load("teams.sql")

Within = tuple[str, str] | None
"""What a team is of: a datastore's type and id, which is stored in small letters; None for the platform."""


class Stored(NamedTuple):
    """A team: `document` is its JSON without what stands beside it here."""

    id: str
    key: str
    group: str
    roles: list[str]
    document: bytes
    created_at: datetime
    created_by: str
    modified_at: datetime
    modified_by: str


class Usage(NamedTuple):
    """How many teams an account has in all, and how many bytes their documents take."""

    number: int
    total_bytes: int


class New(NamedTuple):
    """A team to be."""

    id: str
    key: str
    group: str
    roles: Sequence[str]
    document: bytes
    by: str


def container(within: Within) -> tuple[str, str]:
    """What a team is of, as it is stored: case does not count."""
    kind, container_id = within or (PLATFORM, "")
    return kind, folded(container_id)


async def page(
    connection: Connection, account: UUID, within: Within, window: tuple[int, int]
) -> list[Stored]:
    """The oldest first: after the first `window[0]`, at most `window[1]`."""
    rows = await connection.fetch(SQL["page"], account, *container(within), *window)
    return [Stored(*row) for row in rows]


async def count(connection: Connection, account: UUID, within: Within) -> int:
    """How many teams something has."""
    found: int = await connection.fetchval(SQL["count"], account, *container(within))
    return found


async def usage(connection: Connection, account: UUID) -> Usage:
    """What an account's limits are compared with."""
    return Usage(*(await connection.fetch(SQL["usage"], account))[0])


async def get(connection: Connection, account: UUID, within: Within, key_or_id: str) -> Stored | None:
    """A team by its key, else by its id."""
    for name in ("by_key", "by_id"):
        rows = await connection.fetch(SQL[name], account, *container(within), key_or_id)
        if rows:
            return Stored(*rows[0])
    return None


async def of_groups(
    connection: Connection, account: UUID, within: Within, groups: Sequence[str]
) -> list[Stored]:
    """The teams of something whose members some groups have, oldest first."""
    rows = await connection.fetch(SQL["of_groups"], account, *container(within), list(groups))
    return [Stored(*row) for row in rows]


async def insert(connection: Connection, account: UUID, within: Within, new: New) -> Stored:
    """Write a new one; raises UniqueViolation if the key is taken there."""
    kind, container_id = container(within)
    place = (new.id, kind, container_id, new.key, new.group, list(new.roles))
    (row,) = await connection.fetch(SQL["insert"], account, *place, new.document, len(new.document), new.by)
    return Stored(*row)


async def put(
    connection: Connection, account: UUID, team_id: str, roles: Sequence[str], document: bytes, by: str
) -> Stored:
    """Replace one that exists."""
    (row,) = await connection.fetch(SQL["put"], account, team_id, list(roles), document, len(document), by)
    return Stored(*row)


async def delete(connection: Connection, account: UUID, team_id: str) -> None:
    """Delete one, and its assignments."""
    await connection.execute(SQL["unassign"], account, team_id)
    await connection.execute(SQL["delete"], account, team_id)
