"""Which user, group or team holds which policy. Who writes has the version of `entitlements.advance`."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from shared.policy.entitlement.estate import Holder
from shared.policy.entitlement.resource import folded
from shared.store import queries
from shared.store.entitlements import PLATFORM
from shared.store.pool import Connection

SQL = queries.load("assignments.sql")


class TeamHolder(NamedTuple):
    """A team that holds policies: what it is of, None for the platform, and what people read."""

    id: str
    within: tuple[str, str] | None
    title: str


async def assign(connection: Connection, account: UUID, policy_id: str, holder: Holder) -> bool:
    """Let somebody hold a policy; False if that is so already."""
    return await connection.fetchval(SQL["assign"], account, policy_id, *holder) is not None


async def unassign(connection: Connection, account: UUID, policy_id: str, holder: Holder) -> bool:
    """Let somebody not hold a policy; False if that is so already."""
    return await connection.fetchval(SQL["unassign"], account, policy_id, *holder) is not None


async def unassign_all(connection: Connection, account: UUID, holder: Holder) -> list[str]:
    """Let somebody hold nothing; gives the ids of the policies that were held."""
    return sorted(row["policy_id"] for row in await connection.fetch(SQL["unassign_all"], account, *holder))


async def held(connection: Connection, account: UUID, holder: Holder) -> list[str]:
    """The ids of the policies that somebody holds directly, in the order in which they were assigned."""
    return [row["policy_id"] for row in await connection.fetch(SQL["held"], account, *holder)]


async def targets(
    connection: Connection, account: UUID, policy_id: str, window: tuple[int, int]
) -> list[Holder]:
    """Who holds a policy, first things first: after the first `window[0]`, at most `window[1]`."""
    rows = await connection.fetch(SQL["targets"], account, policy_id, *window)
    return [Holder(*row) for row in rows]


async def number_of_targets(connection: Connection, account: UUID, policy_id: str) -> int:
    """How many hold a policy."""
    found: int = await connection.fetchval(SQL["number_of_targets"], account, policy_id)
    return found


async def number(connection: Connection, account: UUID) -> int:
    """How many assignments an account has in all."""
    found: int = await connection.fetchval(SQL["number"], account)
    return found


async def team(
    connection: Connection, account: UUID, within: tuple[str, str] | None, key_or_id: str
) -> str | None:
    """The id of a team as a reference names it, of which case does not count; None if there is none."""
    kind, container = (folded(each) for each in within or (PLATFORM, ""))
    found: str | None = await connection.fetchval(SQL["team"], account, kind, container, key_or_id)
    return found


async def teams(connection: Connection, account: UUID, ids: Iterable[str]) -> dict[str, TeamHolder]:
    """Those that exist of some teams."""
    rows = await connection.fetch(SQL["teams"], account, list(ids))
    return {
        team_id: TeamHolder(team_id, None if kind == PLATFORM else (kind, container), title)
        for team_id, kind, container, title in rows
    }
