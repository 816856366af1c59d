"""Transfers have a queue of their own: what takes long there holds up nobody elsewhere."""

import asyncio

from shared.store import pool
from shared.wire.archive.manifest import Coordinates
from shared.wire.transfer.requests import Export
from tests.faults.harness import Fleet, Site
from tests.faults.population import MIXED, lines, people
from tests.faults.transfers import transfers
from tests.stack import account_id

WHERE = Coordinates("faults", "queue", "1")
HOLD = "SELECT pg_advisory_xact_lock(hashtextextended('archives ' || $1::uuid::text, 0))"


async def test_tests_and_imports_pass_a_transfer_that_waits(site: Site) -> None:
    async with Fleet(site.service, "services.worker", 1), transfers(site) as there:
        client = await site.populated(people(100))
        async with pool.acquire(there.pool) as connection, connection.transaction():
            await connection.execute(HOLD, account_id(client))
            begun = await there.begin(account_id(client), Export(WHERE))
            await there.reached(begun, "RUNNING")
            async with asyncio.timeout(30):
                assert (await client.tested(*MIXED.policies))["status"] == "complete"
                assert (await client.imported(lines(people(120))))["users_created"] == 20
                assert (await client.tested(*MIXED.policies))["status"] == "complete"
            assert (await there.now(begun)).state in ("RUNNING", "WAITING")
        assert (await there.ended(begun)).state == "FINISHED"
