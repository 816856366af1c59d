"""Why: a test's users by reason, what each rule said of them, and one user's verdict taken apart."""

import asyncio
from uuid import UUID

from services.gateway import reasoning
from services.gateway.auth import Scope
from services.gateway.cloudflare import envelope
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.reasoning import Unreasoned, Why
from services.gateway.routing import Answer, Call, Route
from shared.policy.facts import Facts
from shared.policy.plan import Plan
from shared.policy.rules.sight import User
from shared.policy.screening import explanation, reasons
from shared.policy.screening.judge import Judge, Seen
from shared.policy.screening.totals import Part, Totals, total
from shared.store import policy_tests, users
from shared.store.pool import Connection, acquire
from shared.wire.cloudflare.reasons import (
    CoverageRow,
    ExplanationShown,
    ReasonRow,
    to_coverage,
    to_explanation,
    to_rows,
    to_user,
)
from shared.wire.faults import Fault, Faulty

ONE = "/accounts/{account_id}/access/policy-tests/{policy_test_id}"
NONE = "reasons are of tests of policies; this one is of an entitlement, or was started by a newer version"


async def why(call: Call, connection: Connection, test_id: UUID) -> Why:
    """The reasons of all users processed so far; raises Failed for no such test, Faulty for one without."""
    if await policy_tests.run(connection, call.account, test_id) is None:
        raise envelope.Failed(envelope.NOT_FOUND)
    segments = [each.segment for each in await policy_tests.counted(connection, call.account, test_id)]
    if not segments:
        return Why(Plan(()), {})
    try:
        return await call.resources.reasoning.of(connection, call.account, test_id, segments)
    except Unreasoned:
        raise Faulty(Fault(NONE)) from None


async def listed(call: Call) -> Answer:
    """Answer GET …/policy-tests/{policy_test_id}/reasons."""
    async with acquire(call.resources.pool) as connection:
        found = await why(call, connection, path_id(call, "policy_test_id"))
    return Answer(to_rows(totals(found).counts, found.plan))


async def coverage(call: Call) -> Answer:
    """Answer GET …/policy-tests/{policy_test_id}/coverage."""
    async with acquire(call.resources.pool) as connection:
        found = await why(call, connection, path_id(call, "policy_test_id"))
    covered, decided, counts = totals(found)
    return Answer(to_coverage(found.plan, covered, decided, counts.total()))


def totals(found: Why) -> Totals:
    """The reasons of all segments together."""
    return total(
        Part({reason: len(positions) for reason, positions in segment.reasons.items()}, segment.covered)
        for segment in found.segments.values()
    )


async def explained(call: Call) -> Answer:
    """Answer GET …/policy-tests/{policy_test_id}/users/{user_id}/explanation."""
    test_id, user_id = path_id(call, "policy_test_id"), path_id(call, "user_id")
    async with acquire(call.resources.pool) as connection:
        pinned = await policy_tests.pinned(connection, call.account, test_id)
        if pinned is None:
            raise envelope.Failed(envelope.NOT_FOUND)
        if not isinstance(pinned.plan.plan, Plan) or not pinned.plan.known:
            raise Faulty(Fault(NONE))
        known = await users.as_of(connection, call.account, pinned.version, user_id)
        if known is None:
            raise envelope.Failed(envelope.NOT_FOUND)
        segment = known.ordinal >> pinned.segment_bits
        held = await reasoning.facts(connection, call.account, pinned, [segment])
    position = known.ordinal & ((1 << pinned.segment_bits) - 1)
    may_see = call.caller.may(Scope.DIRECTORY_READ)
    user = to_user(known.address, known.identity) if may_see else None
    return Answer(await asyncio.to_thread(_explained, pinned.plan.plan, held[segment], position, user))


def _explained(plan: Plan, facts: Facts, position: int, user: User | None) -> ExplanationShown:
    """From the same sets as the verdict, so that they cannot disagree."""
    judge = Judge(plan)
    parts = reasons.partition(judge, facts)
    reason = next(each for each, positions in parts.items() if position in positions)
    found = explanation.explain(
        plan, explanation.leaves(Seen(judge, facts), position), reason.rules(plan.policies)
    )
    return to_explanation(reason, plan, found, user)


READ = Scope.TESTS_READ
ROUTES = (
    Route("GET", ONE + "/reasons", READ, listed, "Why users have their verdicts", list[ReasonRow]),
    Route("GET", ONE + "/coverage", READ, coverage, "What each rule said of the users", list[CoverageRow]),
    Route(
        *("GET", ONE + "/users/{user_id}/explanation", READ, explained),
        *("One user's verdict, taken apart", ExplanationShown),
    ),
)
