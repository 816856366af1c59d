"""Users and their versions: one writer at a time per account, any number of readers."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from shared.directory.merge import User
from shared.store import queries, rows
from shared.store.copying import copy
from shared.store.pool import Connection

SQL = queries.load("users.sql")
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Directory(NamedTuple):
    """An account's directory: its `version`, the one its postings are `folded` up to, size and numbering."""

    version: int
    folded: int
    users: int
    next_ordinal: int
    segment_bits: int

    @property
    def segments(self) -> int:
        """How many segments hold, or held, users."""
        return -(-self.next_ordinal >> self.segment_bits) if self.next_ordinal else 0


async def pin(connection: Connection, account: UUID) -> Directory:
    """The directory as it is, kept from collection until the transaction ends."""
    return Directory(*(await connection.fetch(SQL["pin"], account))[0])


async def lock(connection: Connection, account: UUID) -> Directory:
    """The directory, and the sole right to write to it until the transaction ends."""
    return Directory(*(await connection.fetch(SQL["lock"], account))[0])


async def advance(
    connection: Connection, account: UUID, directory: Directory, *, created: int, deleted: int, folded: bool
) -> None:
    """Make the version of `directory` the account's; its writer holds the lock."""
    row = (directory.version, directory.next_ordinal, created - deleted, folded)
    await connection.execute(SQL["advance"], account, *row)


async def folded(connection: Connection, account: UUID, version: int) -> None:
    """Say that the postings are as of a version."""
    await connection.execute(SQL["folded"], account, version)


async def matching(
    connection: Connection, account: UUID, ids: Sequence[UUID], addresses: Sequence[str]
) -> list[User]:
    """The users who have one of the ids or one of the canonical addresses."""
    found = await connection.fetch(SQL["matching"], account, ids, addresses)
    return [rows.user(tuple(row)) for row in found]


async def write(
    connection: Connection, account: UUID, version: int, ended: Sequence[int], written: Sequence[User]
) -> None:
    """End the rows of some ordinals and insert others, as of a version."""
    if ended:
        await connection.execute(SQL["end"], account, version, ended)
    await insert(connection, rows.chunks(account, version, written))


async def insert(connection: Connection, chunks: Iterable[bytes]) -> None:
    """Insert rows, in the form that `rows` gives them."""

    async def source() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    copying = connection.copy_to_table("users", source=source(), columns=rows.COLUMNS, format="binary")
    await copy(connection, copying)


async def ordinals(
    connection: Connection, account: UUID, version: int, addresses: Sequence[str]
) -> dict[str, int]:
    """Who had these canonical addresses at a version: ordinals by address."""
    found = await connection.fetch(SQL["ordinals"], account, version, addresses)
    return {row["address"]: row["ordinal"] for row in found}


async def ordinals_by_id(
    connection: Connection, account: UUID, version: int, ids: Sequence[str]
) -> dict[str, int]:
    """Who of these users was there at a version: ordinals by id. Nobody has an id that is no UUID's text."""
    wanted = [each for each in ids if UUID_TEXT.fullmatch(each)]
    found = await connection.fetch(SQL["ordinals_by_id"], account, version, wanted)
    return {str(row["user_id"]): row["ordinal"] for row in found}


class Person(Struct, frozen=True, gc=False):
    """A user as a page shows one."""

    ordinal: int
    user_id: UUID
    email: str
    name: str


async def people(connection: Connection, account: UUID, version: int, wanted: Sequence[int]) -> list[Person]:
    """The users with some ordinals as they were at a version, in the order of ordinals."""
    found = [Person(*row) for row in await connection.fetch(SQL["people"], account, version, wanted)]
    return sorted(found, key=attrgetter("ordinal"))


class Then(NamedTuple):
    """A user as of a version: canonical address, identity as JSON."""

    ordinal: int
    address: str
    identity: bytes | None


async def as_of(connection: Connection, account: UUID, version: int, user_id: UUID) -> Then | None:
    """A user as of a version; None for one who was not there."""
    found = await ordinals_by_id(connection, account, version, [str(user_id)])
    for ordinal in found.values():
        row = await connection.fetchrow(SQL["as_of"], account, ordinal, version)
        if row is not None:
            return Then(ordinal, *row)
    return None
