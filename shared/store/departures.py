"""What goes along with users and groups who go: what they hold, what is granted on them."""

from collections.abc import Sequence
from uuid import UUID

from shared.policy.entitlement.resource import folded
from shared.store import entitlements, queries
from shared.store.pool import Connection
from shared.wire.cloudcms import references

SQL = queries.load("departures.sql")


async def forget_users(connection: Connection, account: UUID, users: Sequence[UUID]) -> None:
    """Remove what is kept of users who go; nearly always nothing is. The writer of users calls this."""
    ids = [str(user) for user in users]
    on = [folded(str(references.user(account, each))) for each in ids]
    await connection.execute(SQL["begin"], account)
    await connection.execute(SQL["hold"], account)
    if not await connection.fetchval(SQL["traces"], account, users, on):
        return
    await entitlements.advance(connection, account)
    await connection.execute(SQL["profiles"], account, users)
    await _forget(connection, account, "user", ids, on)


async def forget_group(connection: Connection, account: UUID, group: str) -> None:
    """Remove what a group holds, and what is granted on it; the entitlements' writer calls this."""
    on = folded(str(references.group(account, group)))
    await _forget(connection, account, "group", [group], [on])


async def _forget(
    connection: Connection, account: UUID, kind: str, ids: Sequence[str], on: Sequence[str]
) -> None:
    await connection.execute(SQL["assignments"], account, kind, ids)
    await connection.execute(SQL["grants"], account, kind, ids)
    await connection.execute(SQL["grants_on"], account, on)
