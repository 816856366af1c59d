"""How transfers begin, whatever the dialect: written down first, and not too many of an account at once."""

import asyncio
import time
from uuid import UUID, uuid4

from services.gateway.routing import Call
from services.gateway.turns import Crowded
from shared.store import audit, jobs
from shared.store.audit import Change
from shared.store.errors import TRANSIENT
from shared.store.jobs import Job
from shared.store.pool import acquire
from shared.wire.jobs import Hint, Kind
from shared.wire.transfer import requests
from shared.wire.transfer.requests import Request

ENDS = frozenset({"FINISHED", "ERROR"})
PAUSES = (0.05, 0.5)
"""Seconds between two looks at a job that somebody waits for: first, and at the longest."""
PATIENCE_SECONDS = 20.0
"""How long a request waits for its job: less than what is between a client and us waits for an answer."""


async def begin(call: Call, request: Request) -> Job:
    """Start a transfer. Raises Crowded."""
    job_id, limit = uuid4(), call.resources.settings.running_transfers
    async with acquire(call.resources.pool) as connection, connection.transaction():
        await jobs.serialise(connection, call.account)
        if await jobs.unfinished(connection, call.account) >= limit:
            raise Crowded(f"{limit} transfers of this account are unfinished, wait for one to end")
        await jobs.insert(connection, call.account, job_id, request, call.actor)
        change = Change("create", "job", job_id.hex, None, requests.encode(request))
        await audit.record(connection, call.account, call.actor, change)
        job = await jobs.get(connection, call.account, job_id)
        assert job is not None  # noqa: S101  # INVARIANT: it was inserted in this transaction
    await call.resources.hints.announce([Hint(Kind.TRANSFER, call.account, job_id)])
    return job


async def ended(call: Call, job: Job, seconds: float = PATIENCE_SECONDS) -> Job:
    """A job once it has ended; as it stands when that takes too long."""
    pause, longest = PAUSES
    ends = time.monotonic() + seconds
    while job.state not in ENDS and time.monotonic() < ends:
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, longest)
        job = await _looked_at(call, job.job_id) or job
    return job


async def _looked_at(call: Call, job_id: UUID) -> Job | None:
    """A job as it stands; None where that cannot be told just now."""
    try:
        async with acquire(call.resources.pool) as connection:
            return await jobs.get(connection, call.account, job_id)
    except (Crowded, *TRANSIENT):
        return None
