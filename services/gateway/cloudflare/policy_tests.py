"""Policy tests: how one goes, its users, what it was started with; all of them; ending one."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from services.gateway.auth import Scope
from services.gateway.cloudflare import envelope, repetition
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.cloudflare.query import Paged
from services.gateway.cloudflare.starts import start
from services.gateway.cloudflare.status import status
from services.gateway.routing import Answer, Body, Call, Route
from shared.store import audit, expectations, policy_tests
from shared.store.audit import Change
from shared.store.expectations import Given
from shared.store.pool import Connection, acquire
from shared.wire.cloudflare.comparisons import TestStatus
from shared.wire.cloudflare.envelope import Removed, page_info
from shared.wire.cloudflare.policy_tests import (
    Progress,
    Run,
    Started,
    State,
    TestObject,
    decode_start,
    to_document,
    to_progress,
)
from shared.wire.cloudflare.sources import TestSource, expected

PATH = "/accounts/{account_id}/access/policy-tests"
ONE = PATH + "/{policy_test_id}"


class Tests(Paged, frozen=True):
    """A page of tests; `state` filters, in the words of the rows."""

    state: State | UnsetType = UNSET


async def page(call: Call) -> Answer:
    """Answer GET …/policy-tests."""
    asked: Tests = call.query
    state = None if asked.state is UNSET else asked.state
    async with acquire(call.resources.pool) as connection:
        window = (asked.skip, asked.per_page)
        runs = await policy_tests.page(connection, call.account, state, window)
        total = await policy_tests.number(connection, call.account, state)
    rows = [to_progress(run) for run in runs]
    return Answer(rows, page_info(asked.page, asked.per_page, len(rows), total))


async def source(call: Call) -> Answer:
    """Answer GET …/policy-tests/{policy_test_id}/policies."""
    test_id = path_id(call, "policy_test_id")
    async with acquire(call.resources.pool) as connection:
        found = await policy_tests.source(connection, call.account, test_id)
    if found is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    return Answer(msgspec.Raw(found))


async def end(call: Call) -> Answer:
    """Answer DELETE …/policy-tests/{policy_test_id}: cancel a test that runs, remove one that has ended.

    Sent again because the answer was lost, it does nothing more: whoever meant to cancel keeps the results.
    """
    test_id = path_id(call, "policy_test_id")
    async with acquire(call.resources.pool) as connection, connection.transaction():
        if await _is_done(connection, call, test_id):
            return Answer(Removed(test_id))
        run = await policy_tests.run(connection, call.account, test_id)
        if run is None:
            raise envelope.Failed(envelope.NOT_FOUND)
        expecting = await _expecting(connection, call, test_id)
        await (_cancel if run.finished_at is None else _remove)(connection, call, run, expecting)
    call.resources.runs.forget((call.account, test_id))
    return Answer(Removed(test_id))


async def _expecting(connection: Connection, call: Call, test_id: UUID) -> dict[str, Any]:
    """What a test was expected to come to, as it was sent: its record is about to go."""
    if await expectations.given(connection, call.account, test_id) == Given():
        return {}
    return expected(await policy_tests.source(connection, call.account, test_id))


async def _is_done(connection: Connection, call: Call, test_id: UUID) -> bool:
    if not repetition.says_again(call):
        return False
    token_id = call.caller.token_id
    return await policy_tests.ended_by(connection, call.account, test_id, token_id, repetition.SECONDS)


async def _cancel(connection: Connection, call: Call, run: Run, expecting: Mapping[str, Any]) -> None:
    """End a test; one that has just ended by itself is left as it is: nobody asked to remove its results."""
    ended = await policy_tests.cancel(connection, call.account, run.test_id)
    if ended is not None:
        documents = to_document(run, expecting), to_document(ended, expecting)
        change = Change("cancel", "policy_test", run.test_id, *documents)
        await audit.record(connection, call.account, call.actor, change)


async def _remove(connection: Connection, call: Call, run: Run, expecting: Mapping[str, Any]) -> None:
    if not await policy_tests.remove(connection, call.account, run.test_id):
        raise envelope.Failed(envelope.NOT_FOUND)
    change = Change("delete", "policy_test", run.test_id, to_document(run, expecting), None)
    await audit.record(connection, call.account, call.actor, change)


# One of the two; none of their members can say so.
EITHER = [{"required": [name]} for name in ("policies", "entitlement")]
TEST = Annotated[TestObject, Meta(extra_json_schema={"oneOf": EITHER})]
READ, WRITE = Scope.TESTS_READ, Scope.TESTS_WRITE
ROUTES = (
    Route("GET", PATH, READ, page, "Policy tests, newest first", list[Progress], query=Tests, paged=True),
    Route(
        *("POST", PATH, WRITE, start, "Test policies against every user", Started),
        body=Body(TEST, decode_start, large=True),
        keyed=True,
    ),
    Route("GET", ONE, READ, status, "How a test goes", TestStatus),
    Route(
        *("DELETE", ONE, WRITE, end, "Cancel a test that runs, or remove one that has ended", Removed),
        status=202,
    ),
    Route("GET", ONE + "/policies", READ, source, "What a test was started with", TestSource),
)
