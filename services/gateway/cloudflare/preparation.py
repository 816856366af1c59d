"""From a request to start a test to all that the test keeps: the plan, what it is expected to come to."""

import asyncio
from collections.abc import Awaitable
from typing import NamedTuple, TypeVar
from uuid import UUID

from services.gateway import entitlement_tests
from services.gateway.cloudflare import resolution
from services.gateway.cloudflare.resolution import Resolved
from services.gateway.routing import Call
from shared.policy import expectations
from shared.policy.expectations import Expectations
from shared.policy.plan import Plan
from shared.policy.plans import AnyPlan
from shared.store import policy_tests
from shared.store.expectations import Expected
from shared.store.pool import Connection, one_moment
from shared.wire.cloudflare import making, sources
from shared.wire.cloudflare.expectations import NOTHING, WHERE
from shared.wire.cloudflare.making import Made, Sought
from shared.wire.cloudflare.policy_tests import Asked
from shared.wire.cloudflare.sources import Said, encode_entitlement
from shared.wire.faults import Fault, Faulty

T = TypeVar("T")


class Prepared(NamedTuple):
    """What a test keeps; `source` is the JSON of what it was made of."""

    plan: AnyPlan
    source: bytes
    expected: Expected


async def prepare(connection: Connection, call: Call, asked: Asked) -> Prepared:
    """What a test keeps, all of it as of one moment; raises Faulty with all that is wrong."""
    faults = list[Fault]()
    async with one_moment(connection):
        resolved = await _gathered(faults, _resolved(connection, call, asked))
        await _gathered(faults, _check_base(connection, call.account, asked.base))
        made = await _gathered(faults, _selectors(connection, call.account, asked))
    if faults or resolved is None or made is None:
        raise Faulty(*faults)
    return await asyncio.to_thread(_prepared, resolved, asked, made)


async def _gathered(faults: list[Fault], work: Awaitable[T]) -> T | None:
    """What comes of some work; if that is faults, they join the others."""
    try:
        return await work
    except Faulty as faulty:
        faults += faulty.faults
        return None


async def _resolved(connection: Connection, call: Call, asked: Asked) -> Resolved:
    """The plan of a request with the JSON of what it was made of; raises Faulty."""
    if asked.entitlement is None:
        return await resolution.resolve(connection, call.account, asked)
    found = await entitlement_tests.resolve(connection, call.resources, call.account, asked.entitlement)
    question, said = found.question, [Said(*each) for each in found.used]
    shown = encode_entitlement(found.target, question.asked, said, replace=question.replace)
    return Resolved(found.plan, shown)


async def _check_base(connection: Connection, account: UUID, base: UUID | None) -> None:
    """Raises Faulty for a base that there is not, or that is not complete."""
    run = None if base is None else await policy_tests.run(connection, account, base)
    if base is not None and run is None:
        raise Faulty(Fault(f"the test `{base}` does not exist", "/base"))
    if run is not None and run.state != "complete":
        raise Faulty(Fault(f"the test `{base}` is `{run.state}`: only complete tests can be a base", "/base"))


async def _selectors(connection: Connection, account: UUID, asked: Asked) -> Made:
    """Whom the expectations are about; raises Faulty."""
    wanted = asked.expectations
    if wanted == NOTHING:
        return Made(Plan(()), [], [], [])
    made = await resolution.plan(connection, account, Sought(wanted.given, wanted.selectors, WHERE))
    making.check_named(made.plan, WHERE)
    return made


def _prepared(resolved: Resolved, asked: Asked, made: Made) -> Prepared:
    given = asked.expectations.given
    if asked.base is None and not given:
        return Prepared(*resolved, Expected())
    source = sources.expecting(resolved.source, asked.base, given, made.groups, made.lists)
    found = Expectations(asked.expectations.expected, made.plan)
    return Prepared(
        resolved.plan, source, Expected(asked.base, expectations.encode(found) if given else None)
    )
