"""Access policies in the database, as they were sent; their writers have advanced the entitlements."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.policy.entitlement.resource import folded
from shared.store import queries
from shared.store.pool import Connection
from shared.wire.cloudcms import references

SQL = queries.load("access_policies.sql")


class Stored(NamedTuple):
    """A policy: `document` is its JSON without what answers add."""

    id: str
    document: bytes
    created_at: datetime
    created_by: str
    modified_at: datetime
    modified_by: str


class Written(NamedTuple):
    """What a write makes of a policy, by whom, as of which version of the entitlements."""

    document: bytes
    version: int
    by: str


class Usage(NamedTuple):
    """How many policies an account has, and how many bytes their documents take."""

    number: int
    total_bytes: int


async def get(connection: Connection, account: UUID, policy_id: str) -> Stored | None:
    """One policy."""
    return (await several(connection, account, [policy_id])).get(policy_id)


async def several(connection: Connection, account: UUID, ids: Iterable[str]) -> dict[str, Stored]:
    """Those that exist of some policies."""
    rows = await connection.fetch(SQL["several"], account, list(ids))
    return {row["policy_id"]: Stored(*row) for row in rows}


async def page(connection: Connection, account: UUID, window: tuple[int, int]) -> list[Stored]:
    """The oldest first: after the first `window[0]`, at most `window[1]`."""
    return [Stored(*row) for row in await connection.fetch(SQL["page"], account, *window)]


async def usage(connection: Connection, account: UUID) -> Usage:
    """What an account's limits are compared with."""
    return Usage(*(await connection.fetch(SQL["usage"], account))[0])


async def insert(connection: Connection, account: UUID, policy_id: str, written: Written) -> None:
    """Write a new one; raises UniqueViolation if the id is taken."""
    await connection.execute(SQL["insert"], account, policy_id, *_columns(written))


async def put(connection: Connection, account: UUID, policy_id: str, written: Written) -> None:
    """Replace one that exists."""
    await connection.execute(SQL["put"], account, policy_id, *_columns(written))


def _columns(written: Written) -> tuple[bytes, int, int, str]:
    return written.document, len(written.document), written.version, written.by


async def delete(connection: Connection, account: UUID, policy_id: str) -> None:
    """Delete one, its assignments and what is granted on it."""
    await connection.execute(SQL["unassign"], account, policy_id)
    await connection.execute(SQL["revoke"], account, folded(str(references.policy(account, policy_id))))
    await connection.execute(SQL["delete"], account, policy_id)
