"""What users are held against: the plans, made ready, and what of the users they read."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from services.local.messages import Task
from shared.directory.attributes import Term
from shared.policy import expectations, plans
from shared.policy.expectations import Expectations
from shared.policy.plan import Plan, addresses, terms
from shared.policy.screening.judge import Judge


class Bench(NamedTuple):
    """The judge of a test, of its base, of whom its expectations select; what all of them read.

    `addresses` and `ids`, as numbers, are those of users whom they name, or whose verdicts they list.
    """

    judge: Judge
    base: Judge | None
    expected: Expectations | None
    selectors: Judge
    terms: frozenset[Term]
    addresses: Collection[str]
    ids: Collection[int]


def bench(task: Task) -> Bench:
    """A task, understood."""
    judge, base = _judge(task.plan), None if task.base is None else _judge(task.base)
    expected = None if task.expectations is None else expectations.decode(task.expectations)
    selectors = Judge(Plan(()) if expected is None else expected.selectors)
    judges = [each for each in (judge, base, selectors) if each is not None]
    read = frozenset[Term]().union(*(terms(each.plan, each.expression) for each in judges))
    listed = set[str]() if expected is None else expectations.listed(expected)
    by_address = {each for each in listed if "@" in each}
    ids = frozenset(UUID(each).int for each in listed - by_address)
    named = by_address.union(*(addresses(each.plan) for each in judges))
    return Bench(judge, base, expected, selectors, read, named, ids)


def _judge(text: bytes) -> Judge:
    plan = plans.decode(text)
    if not isinstance(plan, Plan):
        raise TypeError(plan)  # INVARIANT: entitlements are refused
    return Judge(plan)
