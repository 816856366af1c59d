"""Roles that users and groups are granted on one resource.

A resource is named by its reference, a role by its key, both in small letters. Who writes has the version of
`entitlements.advance`.
"""

from typing import NamedTuple
from uuid import UUID

from shared.policy.entitlement.estate import Granted, Holder
from shared.store import queries
from shared.store.pool import Connection

SQL = queries.load("grants.sql")


class Given(NamedTuple):
    """A role on a resource, and whose it is."""

    on: str
    holder: Holder
    role: str


async def grant(connection: Connection, account: UUID, grant_id: str, given: Given) -> bool:
    """Grant a role; False if it was granted before."""
    row = (account, grant_id, given.on, *given.holder, given.role)
    return await connection.fetchval(SQL["grant"], *row) is not None


async def revoke(
    connection: Connection, account: UUID, on: str, holder: Holder, role: str | None
) -> list[Granted]:
    """Revoke a role, or all of them if it is None; returns what was granted."""
    rows = await connection.fetch(SQL["revoke"], account, on, *holder, role)
    return [Granted(grant_id, key, holder) for grant_id, key in rows]


async def all_on(connection: Connection, account: UUID, on: str) -> list[Granted]:
    """All that is granted on a resource, the oldest first."""
    rows = await connection.fetch(SQL["on"], account, on)
    return [Granted(grant_id, role, Holder(kind, holder)) for grant_id, role, kind, holder in rows]


async def any_on(connection: Connection, account: UUID, on: str) -> bool:
    """Whether anything is granted on a resource."""
    found: bool = await connection.fetchval(SQL["any_on"], account, on)
    return found


async def over(connection: Connection, account: UUID, limit: int) -> bool:
    """Whether an account has more grants than that."""
    found: bool = await connection.fetchval(SQL["over"], account, limit)
    return found
