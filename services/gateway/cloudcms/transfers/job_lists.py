"""Jobs that a query finds: all of them, or those in a state. Newest first, without what they came to."""

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec

from services.gateway.auth import Scope
from services.gateway.cloudcms import listing
from services.gateway.cloudcms.answers import ResultMap, result_map
from services.gateway.cloudcms.bounds import room
from services.gateway.cloudcms.listing import Listing
from services.gateway.cloudcms.policies import policy_rows
from services.gateway.cloudcms.policies.policy_rows import Choice, Row
from services.gateway.cloudcms.transfers.job_documents import document
from services.gateway.routing import Answer, Body, Call, Route
from shared.store import jobs
from shared.store.jobs import Job
from shared.store.pool import acquire
from shared.wire.cloudcms import objects, queries
from shared.wire.cloudcms.job_shapes import JobDocument
from shared.wire.cloudcms.queries import Query
from shared.wire.cloudcms.shapes import QueryObject
from shared.wire.transfer.journal import State

SEARCHED = 1000
"""The newest jobs, of which a query finds some, and rows of one answer: each job has a log."""
EVERY: tuple[State, ...] = ("WAITING", "RUNNING", "FINISHED", "ERROR")
STATES: Mapping[str, tuple[State, ...]] = MappingProxyType(
    {
        "unstarted": ("WAITING",),
        "waiting": ("WAITING",),
        "running": ("RUNNING",),
        "finished": ("FINISHED",),
        "failed": ("ERROR",),
    }
)
"""By the word that clients have for them: a job that waits has not been started, or will be again."""


async def search(call: Call) -> Answer:
    """Answer POST /jobs/query."""
    return await _found(call, EVERY)


async def in_state(call: Call) -> Answer:
    """Answer GET and POST /jobs/{state}/query."""
    return await _found(call, STATES[call.request.match_info["state"]])


async def _found(call: Call, states: Sequence[State]) -> Answer:
    choice = Choice(call.query, listing.sorts(call.request), call.body)
    skip, most = choice.listing.skip, min(choice.listing.most, SEARCHED)
    window = (skip, most) if choice.any else (0, SEARCHED)
    async with room(call, heavy=window[1] > listing.LIMIT):
        async with acquire(call.resources.pool) as connection:
            found = await jobs.page(connection, call.account, states, window)
            total = await jobs.count(connection, call.account, states) if choice.any else 0
        if choice.any:
            return Answer(result_map([document(call.account, job) for job in found], total, skip))
        return Answer(await asyncio.to_thread(_chosen, call.account, found, choice))


def _chosen(account: UUID, found: Sequence[Job], choice: Choice) -> ResultMap[msgspec.Raw]:
    return policy_rows.chosen([_row(account, job) for job in found], choice)


def _row(account: UUID, job: Job) -> Row:
    shown: dict[str, Any] = msgspec.to_builtins(document(account, job))
    return Row(shown.pop("_doc"), msgspec.json.encode(shown))


def decode_query(body: bytes, _: UUID) -> Query:
    """A query from a body; raises Faulty."""
    return queries.decode(objects.decode(body))


READ = Scope.TRANSFER_READ
MAP = ResultMap[JobDocument]
BODY = Body(QueryObject, decode_query, large=True)
IN_STATE = f"/jobs/{{state:{'|'.join(STATES)}}}/query"
ROUTES = (
    Route("POST", "/jobs/query", READ, search, "Jobs that a query finds", MAP, query=Listing, body=BODY),
    Route(
        *("POST", IN_STATE, READ, in_state, "Jobs in a state that a query finds", MAP),
        query=Listing,
        body=BODY,
    ),
    Route("GET", IN_STATE, READ, in_state, "Jobs in a state", MAP, query=Listing),
)
