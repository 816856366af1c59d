"""Reusable policies and rule groups: documents with an id and a name, and what they refer to."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from msgspec import Struct

from shared.store import errors, queries
from shared.store.pool import Connection

SQL = queries.load("resources.sql")

# How long a writer waits for another: less than for the answer to a statement.
LOCK_SECONDS = 1.5
REFERRERS_LIMIT = 11

Kind = Literal["policy", "group"]
TargetKind = Literal["group", "list"]


class Stored(NamedTuple):
    """A policy or group: `document` is its JSON as the client sent it, without what we add in answers."""

    id: UUID
    name: str
    document: bytes
    created_at: datetime
    updated_at: datetime


class Target(NamedTuple):
    """What a policy or group refers to."""

    kind: TargetKind
    id: UUID


class Referrer(NamedTuple):
    """A policy or group that refers to something."""

    kind: Kind
    id: UUID
    name: str


class Written(Struct, frozen=True):
    """What a write makes of a policy or group; `targets` may repeat themselves."""

    name: str
    document: bytes
    targets: tuple[Target, ...] = ()


class Wanted(NamedTuple):
    """Which rows a list shows: those called `name`, those with `search` in theirs whatever the case."""

    name: str | None = None
    search: str | None = None


class Usage(NamedTuple):
    """How many of a kind an account has, and how many bytes its policies and groups take together."""

    number: int
    total_bytes: int


async def lock(connection: Connection, account: UUID) -> None:
    """Let one writer of policies, groups and lists of an account through, until the transaction ends."""
    await errors.bound_waits(connection, LOCK_SECONDS)
    await connection.execute(SQL["lock"], account)


async def get(connection: Connection, account: UUID, kind: Kind, resource_id: UUID) -> Stored | None:
    """One policy or group."""
    return (await several(connection, account, kind, [resource_id])).get(resource_id)


async def several(
    connection: Connection, account: UUID, kind: Kind, ids: Iterable[UUID]
) -> dict[UUID, Stored]:
    """Those that exist of some policies or groups."""
    rows = await connection.fetch(SQL["several"], account, kind, list(ids))
    return {row["resource_id"]: Stored(*row) for row in rows}


async def page(
    connection: Connection, account: UUID, kind: Kind, wanted: Wanted, window: tuple[int, int]
) -> list[Stored]:
    """The oldest first: after the first `window[0]` of what is wanted, at most `window[1]`."""
    rows = await connection.fetch(SQL["page"], account, kind, *_filters(wanted), *window)
    return [Stored(*row) for row in rows]


async def count(connection: Connection, account: UUID, kind: Kind, wanted: Wanted) -> int:
    """How many there are of what is wanted."""
    found: int = await connection.fetchval(SQL["count"], account, kind, *_filters(wanted))
    return found


def _filters(wanted: Wanted) -> tuple[str | None, str | None]:
    return wanted.name, None if wanted.search is None else wanted.search.casefold()


async def usage(connection: Connection, account: UUID, kind: Kind) -> Usage:
    """What an account's limits are compared with."""
    return Usage(*(await connection.fetch(SQL["usage"], account, kind))[0])


async def twin(
    connection: Connection, account: UUID, kind: Kind, written: Written, seconds: float
) -> Stored | None:
    """The first one with the same document that was created within some seconds."""
    text = written.document.decode()
    row = await connection.fetchrow(SQL["twin"], account, kind, written.name, text, seconds)
    return None if row is None else Stored(*row)


async def insert(
    connection: Connection, account: UUID, kind: Kind, resource_id: UUID, written: Written
) -> Stored:
    """Write a new one. The transaction holds `lock`."""
    (row,) = await connection.fetch(SQL["insert"], account, kind, resource_id, *_columns(written))
    await _refer(connection, account, kind, resource_id, written.targets)
    return Stored(*row)


async def put(
    connection: Connection, account: UUID, kind: Kind, resource_id: UUID, written: Written
) -> Stored:
    """Replace one that exists. The transaction holds `lock`."""
    (row,) = await connection.fetch(SQL["put"], account, kind, resource_id, *_columns(written))
    await connection.execute(SQL["forget_references"], account, kind, resource_id)
    await _refer(connection, account, kind, resource_id, written.targets)
    return Stored(*row)


def _columns(written: Written) -> tuple[str, str, bytes, int]:
    return written.name, written.name.casefold(), written.document, len(written.document)


async def _refer(
    connection: Connection, account: UUID, kind: Kind, resource_id: UUID, targets: Sequence[Target]
) -> None:
    if targets:
        kinds, ids = [target.kind for target in targets], [target.id for target in targets]
        await connection.execute(SQL["refer"], account, kind, resource_id, kinds, ids)


async def delete(connection: Connection, account: UUID, kind: Kind, resource_id: UUID) -> None:
    """Delete one and its references. The transaction holds `lock` and has looked for referrers."""
    await connection.execute(SQL["delete"], account, kind, resource_id)


async def closure(connection: Connection, account: UUID, group_ids: Iterable[UUID]) -> dict[UUID, Stored]:
    """Those that exist of some groups, with all that they nest."""
    rows = await connection.fetch(SQL["closure"], account, list(group_ids))
    return {row["resource_id"]: Stored(*row) for row in rows}


async def nesting(connection: Connection, account: UUID) -> dict[UUID, list[UUID]]:
    """Which groups each group of an account names; those that name none are left out."""
    return {row[0]: row[1] for row in await connection.fetch(SQL["nesting"], account)}


async def names(connection: Connection, account: UUID, kind: Kind, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What some policies or groups are called."""
    rows = await connection.fetch(SQL["names"], account, kind, list(ids))
    return {row["resource_id"]: row["name"] for row in rows}


async def referrers(
    connection: Connection, account: UUID, target_kind: TargetKind, target_id: UUID
) -> list[Referrer]:
    """Who refers to a group or list: the oldest, at most REFERRERS_LIMIT of them."""
    rows = await connection.fetch(SQL["referrers"], account, target_kind, target_id, REFERRERS_LIMIT)
    return [Referrer(*row) for row in rows]
