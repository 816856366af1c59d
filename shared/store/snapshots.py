"""What an account has, read as pieces to be carried: row by row, in one order, of one moment.

Memory does not grow with the account, but for the longest list and for the number of users in a group.
"""

import asyncio
from array import array
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from shared.directory.errors import Refused
from shared.store import groups, people, queries
from shared.store.pool import Connection, Pool, acquire, one_moment
from shared.store.selections import Selection
from shared.wire.archive.directory import ENTRY_BYTES
from shared.wire.transfer import drafts
from shared.wire.transfer.contents import Kind, Piece

SQL = queries.load("snapshots.sql")

# For one statement: the users of a large group are sorted, and whoever takes the rows may be slow.
PATIENCE_SECONDS = 900.0
# Of documents that may be large, of those that have some 64 KiB at most, of rows without any.
FEW, SOME, MANY = 32, 256, 1000
MEMBERS = 5_000
"""Users in one piece."""
Row = tuple[Any, ...]
Made = TypeVar("Made")


@asynccontextmanager
async def moment(pool: Pool) -> AsyncIterator[Connection]:
    """A connection that sees one moment for as long as it takes."""
    async with (
        acquire(pool) as connection,
        one_moment(connection),
    ):
        await connection.execute(SQL["patience"], f"{round(PATIENCE_SECONDS)}s")
        yield connection


async def pieces(
    connection: Connection, account: UUID, selection: Selection
) -> AsyncGenerator[list[Piece], None]:
    """The things, kinds in their order, a few at a time; the connection is in a transaction.

    Raises Refused for a list that no archive can hold.
    """
    for read in (_documents, _crowds, _held, _memberships, _lists, _ruled):
        async for some in read(connection, account, selection):
            yield some


async def _documents(
    connection: Connection, account: UUID, selection: Selection
) -> AsyncGenerator[list[Piece], None]:
    """Roles, then resources."""
    for kind, name, ids in (
        (Kind.ROLE, "roles", selection.roles),
        (Kind.RESOURCE, "resources", selection.resources),
    ):
        async for rows in _rows(connection, SOME, name, account, ids):
            yield await _in_thread(rows, partial(_document, account, kind))


async def _crowds(
    connection: Connection, account: UUID, selection: Selection
) -> AsyncGenerator[list[Piece], None]:
    """Groups, policies, teams."""
    async for rows in _rows(connection, SOME, "groups", account, selection.groups):
        yield await _in_thread(rows, lambda row: drafts.group(account, *row))
    async for rows in _rows(connection, FEW, "policies", account, selection.policies):
        yield await _in_thread(rows, partial(_document, account, Kind.POLICY))
    async for rows in _rows(connection, SOME, "teams", account, selection.teams):
        yield await _in_thread(rows, lambda row: drafts.team(account, row[0], row[1:4], *row[4:]))


async def _held(
    connection: Connection, account: UUID, selection: Selection
) -> AsyncGenerator[list[Piece], None]:
    """Assignments and grants."""
    async for rows in _rows(connection, MANY, "assignments", account, selection.assignments):
        yield await _in_thread(rows, lambda row: drafts.assignment(account, *row))
    async for rows in _rows(connection, MANY, "grants", account, selection.grants):
        yield await _in_thread(
            rows, lambda row: drafts.grant(account, row[0], row[1], row[2], row[3:5], row[5])
        )


async def _memberships(
    connection: Connection, account: UUID, selection: Selection
) -> AsyncGenerator[list[Piece], None]:
    """Who is in the groups of teams."""
    if not selection.members:
        return
    now = await people.directory(connection, account)
    for group_id, name in await _all(connection, "crowds", account, selection.teams):
        members = await groups.members(connection, account, [name], now.segment_bits)
        ordinals = array("q")
        for segment, held in members.items():
            ordinals.extend((segment << now.segment_bits) + position for position in held)
        number = 0
        async for rows in _rows(connection, MEMBERS, "members", account, now.version, ordinals):
            number += 1
            made = await asyncio.to_thread(drafts.membership, account, group_id, number, rows)
            yield [made]


async def _lists(
    connection: Connection, account: UUID, selection: Selection
) -> AsyncGenerator[list[Piece], None]:
    async for rows in _rows(connection, MANY, "lists", account, selection.lists):
        for own, *heading in rows:
            yield [await _list(connection, account, own, heading)]


async def _list(connection: Connection, account: UUID, own: UUID, heading: Sequence[Any]) -> Piece:
    parts, length = list[bytes](), 0
    async for rows in _rows(connection, MANY, "items", account, own):
        parts.append(await asyncio.to_thread(drafts.items, rows))
        length += len(parts[-1])
        _check_length(length, heading[0])
    piece = await asyncio.to_thread(drafts.listing, account, own, tuple(heading), parts)
    _check_length(len(piece.document), heading[0])
    return piece


def _check_length(length: int, name: str) -> None:
    if length > ENTRY_BYTES:
        raise Refused(
            f"the list `{name[:64]}` takes more than {ENTRY_BYTES} bytes, which no archive can hold"
        )


async def _ruled(
    connection: Connection, account: UUID, selection: Selection
) -> AsyncGenerator[list[Piece], None]:
    """Rule groups, then reusable policies."""
    for kind, stored in ((Kind.RULE_GROUP, "group"), (Kind.REUSABLE_POLICY, "policy")):
        async for rows in _rows(connection, FEW, "ruled", account, selection.ruled, stored):
            yield await _in_thread(rows, partial(_document, account, kind))


async def _rows(connection: Connection, most: int, name: str, *values: Any) -> AsyncIterator[list[Row]]:  # noqa: ANN401  # as the query has them
    """The rows of a query, so many at a time."""
    cursor = await connection.cursor(SQL[name], *values, timeout=PATIENCE_SECONDS)
    while rows := await cursor.fetch(most, timeout=PATIENCE_SECONDS):
        yield [tuple(row) for row in rows]


async def _all(connection: Connection, name: str, *values: Any) -> list[Any]:  # noqa: ANN401  # as the query has them
    found: list[Any] = await connection.fetch(SQL[name], *values)
    return found


def _document(account: UUID, kind: Kind, row: Row) -> Piece:
    return drafts.document(kind, account, *row)


async def _in_thread(rows: list[Row], make: Callable[[Row], Made]) -> list[Made]:
    """What is made of some rows: documents may take a while."""
    return await asyncio.to_thread(lambda: [make(row) for row in rows])
