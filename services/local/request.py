"""From a request, and the files beside it, to what is to be tested."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar
from uuid import UUID, uuid4

import msgspec

from services.local.messages import Task
from services.local.shelf import ACCOUNT, Shelf
from shared.directory.errors import Refused
from shared.policy import expectations, plans
from shared.policy.expectations import Expectations
from shared.policy.plan import Plan
from shared.policy.rules.login import AccountMember
from shared.wire import json_text
from shared.wire.cloudflare import making, objects, policies
from shared.wire.cloudflare.expectations import NOTHING, WHERE, AskedExpectations
from shared.wire.cloudflare.making import Sought
from shared.wire.cloudflare.policy_tests import Asked, decode_start
from shared.wire.cloudflare.references import missing_policies, unknown
from shared.wire.faults import Fault, Faulty

T = TypeVar("T")
WANTED = "`policies` or `entitlement`"


class Prepared(NamedTuple):
    """What is to be tested: the test's id and plan, those of the base, the expectations."""

    test_id: UUID
    plan: Plan
    base_id: UUID
    base: Plan | None
    expected: Expectations | None

    @property
    def task(self) -> Task:
        """The same for those who test."""
        base = None if self.base is None else plans.encode(self.base)
        expected = None if self.expected is None else expectations.encode(self.expected)
        return Task(plans.encode(self.plan), base, expected)


def prepare(body: bytes, base: bytes | None, shelf: Shelf) -> Prepared:
    """What a request comes to; raises Faulty with all that is wrong."""
    test_id, base_id = uuid4(), uuid4()
    asked = _asked(body, None if base is None else base_id)
    faults = list[Fault]()
    plan = _gathered(faults, lambda: _tested(shelf, Sought(asked.given, asked.policies)))
    before = None if base is None else _gathered(faults, lambda: _base(shelf, base))
    selectors = _gathered(faults, lambda: _selectors(shelf, asked.expectations))
    if faults or plan is None or selectors is None:
        raise Faulty(*faults)
    wanted = asked.expectations
    expected = None if wanted == NOTHING else Expectations(wanted.expected, selectors)
    return Prepared(test_id, plan, base_id, before, expected)


def _gathered(faults: list[Fault], work: Callable[[], T]) -> T | None:
    """What comes of some work; if that is faults, they join the others."""
    try:
        return work()
    except Faulty as faulty:
        faults += faulty.faults
        return None


def _asked(body: bytes, base: UUID | None) -> Asked:
    """A request to start a test; `base` stands for the file, as a request has none."""
    document = objects.decode(body, WANTED)
    if "base" in document:
        raise Faulty(
            Fault("`base` is the id of a test of the service; here it is a file, see `--base`", "/base")
        )
    if "entitlement" in document:
        raise Faulty(Fault("an entitlement can be tested by the service only", "/entitlement"))
    if base is not None:
        body = msgspec.json.encode({**document, "base": base})
    return decode_start(body, ACCOUNT)


def _base(shelf: Shelf, text: bytes) -> Plan:
    """The plan of a file of policies, whatever else is in it."""
    try:
        document = json_text.parse(text)
        given: Any = document.get("policies") if isinstance(document, Mapping) else document
        return _tested(shelf, Sought(given, policies.decode(given, making.WHERE, ACCOUNT.hex)))
    except Refused as refusal:
        raise Faulty(Fault(f"in the base: {refusal}")) from None
    except Faulty as faulty:
        raise Faulty(
            *(Fault(f"in the base: {each.message}", each.pointer) for each in faulty.faults)
        ) from None


def _tested(shelf: Shelf, sought: Sought) -> Plan:
    plan = _plan(shelf, sought)
    making.check_decisions(plan)
    return plan


def _selectors(shelf: Shelf, wanted: AskedExpectations) -> Plan:
    """Whom the expectations are about."""
    if wanted == NOTHING:
        return Plan(())
    plan = _plan(shelf, Sought(wanted.given, wanted.selectors, WHERE))
    making.check_named(plan, WHERE)
    return plan


def _plan(shelf: Shelf, sought: Sought) -> Plan:
    """The plan of some policies; raises Faulty for what is wrong or not there."""
    given, where = sought.policies, sought.where
    missing = missing_policies(given.references, shelf.policies)
    if faults := (*given.faults, *missing, *unknown(given.references, shelf.known)):
        raise Faulty(*faults)
    chosen = making.choose(ACCOUNT, sought, shelf.policies)
    opened = making.open_groups(ACCOUNT, chosen, shelf.closure(making.named_groups(chosen)), where)
    lists = [shelf.lists[each] for each in shelf.lists if each in making.named_lists(chosen, opened)]
    making.check_values(sum(len(each.values) for each in lists), where)
    plan = making.make(chosen, opened, lists, where).plan
    _check_accounts(plan, where)
    return plan


def _check_accounts(plan: Plan, where: str) -> None:
    """Raises Faulty for a rule about the account that is asked: nobody's is."""
    criteria = [policy.criteria for policy in plan.policies] + list(plan.groups.values())
    rules = (rule for each in criteria for rule in (*each.include, *each.exclude, *each.require))
    if AccountMember(ACCOUNT.hex) in rules:
        message = "`cloudflare_account_member` needs its `account_id`: without a service no account is asked"
        raise Faulty(Fault(message, where))
