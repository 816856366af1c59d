"""What if: a few users before some policies, at once and with the whole explanation. Nothing is kept."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.gateway.auth import Scope
from services.gateway.cloudflare import resolution
from services.gateway.routing import Answer, Body, Call, Route
from shared.directory.identity import Identity
from shared.directory.merge import User as Stored
from shared.policy import local
from shared.policy.local import Person
from shared.policy.plan import Plan
from shared.policy.rules.sight import User
from shared.policy.screening import explanation, reasons
from shared.policy.screening.judge import Judge, Seen
from shared.store import users
from shared.store.pool import acquire
from shared.wire.cloudflare.evaluations import Evaluated, WhatIf, WhatIfObject, Who, decode
from shared.wire.cloudflare.reasons import to_explanation
from shared.wire.faults import Fault, Faulty


class _Asked(NamedTuple):
    """A user to be evaluated, as found or given."""

    id: UUID | None
    person: Person


async def evaluate(call: Call) -> Answer:
    """Answer POST …/access/evaluate."""
    asked: WhatIf = call.body
    ids = [each.id for each in asked.users if each.id is not None]
    async with acquire(call.resources.pool) as connection:
        resolved = await resolution.resolve(connection, call.account, asked.asked)
        found = await users.matching(connection, call.account, ids, []) if ids else []
    if not isinstance(resolved.plan, Plan):
        raise TypeError(resolved.plan)  # INVARIANT: a question has policies
    whom = _found(asked.users, {each.user_id: each for each in found})
    may_see = call.caller.may(Scope.DIRECTORY_READ)
    return Answer(await asyncio.to_thread(_evaluated, resolved.plan, whom, may_see=may_see))


def _found(asked: Sequence[Who], known: Mapping[UUID, Stored]) -> list[_Asked]:
    missing = [each for each in asked if each.id is not None and each.id not in known]
    if missing:
        raise Faulty(*(Fault(f"the user `{each.id}` does not exist", each.pointer) for each in missing))
    whom = list[_Asked]()
    for each in asked:
        stored = None if each.id is None else known[each.id]
        address = each.address if stored is None else stored.address
        login = each.login(None if stored is None else stored.identity)
        whom.append(_Asked(each.id, Person(address, login)))
    return whom


def _evaluated(plan: Plan, whom: Sequence[_Asked], *, may_see: bool) -> list[Evaluated]:
    answers: dict[int, Evaluated] = {}
    judge, people = Judge(plan), [each.person for each in whom]
    explainer = explanation.Explainer(plan)
    for part in local.apart(people):
        facts = local.facts(plan, [people[number] for number in part])
        why, seen = reasons.partition(judge, facts), Seen(judge, facts)
        for position, number in enumerate(part):
            user_id, (address, login) = whom[number]
            reason = next(each for each, positions in why.items() if position in positions)
            leaves = explanation.leaves(seen, position)
            found = explainer.explain(leaves, reason.rules(plan.policies))
            # Who may not read the directory sees of it what was given along.
            user = User(address, login or Identity(), login is not None)
            shown = to_explanation(reason, plan, found, user if may_see or user_id is None else None)
            answers[number] = Evaluated(user_id, address, shown.status, shown)
    return [answers[number] for number in range(len(whom))]


BODY = Body(WhatIfObject, decode, large=True)
ROUTES = (
    Route(
        *("POST", "/accounts/{account_id}/access/evaluate", Scope.TESTS_WRITE, evaluate),
        *("What some users would get, and why", list[Evaluated]),
        body=BODY,
    ),
)
