"""What is wrong, wide or idle in policies: in some that are sent, and in a test, with what its run shows."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from services.gateway.assessment import Unassessed
from services.gateway.auth import Scope
from services.gateway.cloudflare import envelope, reasons, resolution
from services.gateway.cloudflare.endpoint import path_id
from services.gateway.cloudflare.policy_tests import ONE
from services.gateway.routing import Answer, Body, Call, Route
from shared.policy import plan as screening
from shared.policy.plan import Plan
from shared.policy.screening.lint import evidence, expected, linter
from shared.policy.screening.lint.expected import Aim
from shared.store import expectations, plans, policy_tests
from shared.store.pool import Connection, acquire, one_moment
from shared.wire.cloudflare.findings import FindingRow, to_rows
from shared.wire.cloudflare.policy_tests import Asked, TestObject, decode_start
from shared.wire.faults import Fault, Faulty


def decode(body: bytes, account: UUID) -> Asked:
    """Policies as a test has them; raises Faulty for what cannot be started, and for an entitlement."""
    asked = decode_start(body, account)
    if asked.entitlement is not None:
        raise Faulty(Fault("findings are of policies, an entitlement has none", "/entitlement"))
    return asked


async def lint(call: Call) -> Answer:
    """Answer POST …/access/lint."""
    async with acquire(call.resources.pool) as connection:
        resolved = await resolution.resolve(connection, call.account, call.body)
    if not isinstance(resolved.plan, Plan):
        raise TypeError(resolved.plan)  # INVARIANT: what is asked has policies
    return Answer(await asyncio.to_thread(_proven, resolved.plan))


def _proven(plan: Plan) -> list[FindingRow]:
    return to_rows(linter.lint(plan), plan, "rules")


async def listed(call: Call) -> Answer:
    """Answer GET …/policy-tests/{policy_test_id}/findings: those of its run once it is complete."""
    test_id = path_id(call, "policy_test_id")
    async with acquire(call.resources.pool) as connection, one_moment(connection):
        test = await policy_tests.run(connection, call.account, test_id)
        if test is None:
            raise envelope.Failed(envelope.NOT_FOUND)
        plan = await plans.plan(connection, call.account, test_id)
        if not isinstance(plan, Plan) or plan.form != screening.FORM:
            raise Faulty(Fault(reasons.NONE))
        if test.state != "complete":
            return Answer(await asyncio.to_thread(_proven, plan))
        run, aims = await _run(call, connection, test_id), await _aims(call, connection, test_id)
    return Answer(await asyncio.to_thread(_found, plan, run, aims))


async def _run(call: Call, connection: Connection, test_id: UUID) -> evidence.Run:
    tally = reasons.tallied(await reasons.why(call, connection, test_id))
    return evidence.Run(tally.counts.total(), tally.covered, tally.counts)


async def _aims(call: Call, connection: Connection, test_id: UUID) -> list[Aim]:
    """Whom the expectations of a complete test are about; none where there are none to be read."""
    if not (await expectations.given(connection, call.account, test_id)).any:
        return []
    try:
        found = await call.resources.assessment.of(connection, call.account, test_id)
    except Unassessed:
        return []
    return [expected.aim(each.expectation, each.result, each.absent) for each in found]


def _found(plan: Plan, run: evidence.Run, aims: Sequence[Aim]) -> list[FindingRow]:
    proven = linter.lint(plan)
    shown = evidence.shown(plan, run, proven)
    if run.evaluated:
        shown += expected.shown(aims)
    return to_rows(proven, plan, "rules") + to_rows(shown, plan, "run")


READ, WRITE = Scope.TESTS_READ, Scope.TESTS_WRITE
ROUTES = (
    Route(
        *("POST", "/accounts/{account_id}/access/lint", WRITE, lint),
        *("What is wrong, wide or idle in some policies", list[FindingRow]),
        body=Body(TestObject, decode, large=True),
    ),
    Route("GET", ONE + "/findings", READ, listed, "What is wrong, wide or idle in a test", list[FindingRow]),
)
