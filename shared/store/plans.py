"""The plans of policy tests, as they were when these were started."""

import asyncio
from uuid import UUID

from shared.policy import plans
from shared.policy.plans import AnyPlan
from shared.store import queries
from shared.store.pool import Connection

SQL = queries.load("plans.sql")


async def plan(connection: Connection, account: UUID, test_id: UUID) -> AnyPlan | None:
    """A test's plan, pinned or not; None for no such test."""
    text = await connection.fetchval(SQL["plan"], account, test_id)
    return None if text is None else await asyncio.to_thread(plans.decode, text)
