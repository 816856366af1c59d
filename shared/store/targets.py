"""Teams as references name them: many at once, by id alone. Nothing here writes."""

from collections.abc import Iterable
from uuid import UUID

from shared.store import queries
from shared.store.entitlements import PLATFORM
from shared.store.pool import Connection
from shared.store.teams import Stored, Within

SQL = queries.load("targets.sql")


async def teams(
    connection: Connection, account: UUID, ids: Iterable[str]
) -> dict[str, tuple[Within, Stored]]:
    """Those that there are of some teams, by id, each with what it is of."""
    rows = await connection.fetch(SQL["teams"], account, list(ids))
    return {
        row["team_id"]: (None if row[0] == PLATFORM else (row[0], row[1]), Stored(*row[2:])) for row in rows
    }
