"""One job: read, polled, killed."""

from uuid import UUID

import msgspec

from services.gateway.auth import Scope
from services.gateway.cloudcms.answers import Failed, not_found
from services.gateway.cloudcms.transfers.job_documents import answered, document
from services.gateway.routing import Answer, Call, Route
from shared.store import audit, jobs
from shared.store.audit import Change
from shared.store.jobs import Job
from shared.store.pool import Connection, acquire
from shared.store.principals import user_id_of
from shared.wire.cloudcms.job_shapes import JobAnswer, JobDocument


async def get(call: Call) -> Answer:
    """Answer GET /jobs/{job_id} and GET /jobs/{job_id}/poll."""
    async with acquire(call.resources.pool) as connection:
        return Answer(document(call.account, await _existing(connection, call)))


async def _existing(connection: Connection, call: Call) -> Job:
    given = call.request.match_info["job_id"]
    job_id = user_id_of(given)
    job = None if job_id is None else await jobs.get(connection, call.account, job_id)
    if job is None:
        raise missing(given)
    return job


def missing(job_id: str) -> Failed:
    """What is raised for a job that is not there."""
    return not_found(f"job `{job_id[:64]}`")


async def kill(call: Call) -> Answer:
    """Answer POST /jobs/{job_id}/kill: one that has ended stays as it is."""
    async with acquire(call.resources.pool) as connection, connection.transaction():
        now = was = await _existing(connection, call)
        if await jobs.kill(connection, call.account, was.job_id, call.actor):
            now = await _existing(connection, call)
            texts = (_text(call.account, was), _text(call.account, now))
            change = Change("cancel", "job", was.job_id.hex, *texts)
            await audit.record(connection, call.account, call.actor, change)
    return Answer(answered(call.account, now, ok=True))


def _text(account: UUID, job: Job) -> bytes:
    return msgspec.json.encode(document(account, job))


READ, WRITE = Scope.TRANSFER_READ, Scope.TRANSFER_WRITE
ONE = "/jobs/{job_id}"
ROUTES = (
    Route("GET", ONE, READ, get, "How a job goes", JobDocument),
    Route("GET", f"{ONE}/poll", READ, get, "How a job goes", JobDocument),
    Route("POST", f"{ONE}/kill", WRITE, kill, "End a job that has not ended", JobAnswer),
)
