"""A plan made of policies, and of the groups and lists that they lead to: all that needs no store."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace

from shared.policy import expansion
from shared.policy.plan import Plan, addresses
from shared.policy.rules.kinds import NEEDS_LOGIN, Reference, Rule
from shared.policy.rules.machine import LinkedAppToken
from shared.policy.rules.references import Group
from shared.policy.screening.policy import Criteria, Policy
from shared.wire.cloudflare import groups, policies
from shared.wire.cloudflare.policies import Decoded
from shared.wire.cloudflare.sources import Kept, Used
from shared.wire.faults import Fault, Faulty, child

WHERE = "/policies"
# Of all lists that a plan reads together: it is written, and read by a worker, in one piece.
VALUES_LIMIT = 500_000
# Of the documents of kept policies, each as often as it is named, and of groups: the test keeps all of them.
DOCUMENTS_LIMIT = 16 * 1024 * 1024
# Of all selectors together: whoever asks for the result has them looked up, at some 5 µs each.
NAMED_LIMIT = 100_000
# What no group that a policy names may hold, before login and after.
IDENTITY = (NEEDS_LOGIN, "applies before login, and a group that it names holds identity rules")
MACHINE = ((LinkedAppToken,), "applies after login, and a group that it names holds `linked_app_token`")
# So many documents stay decoded, of those that have no more bytes than this.
REMEMBERED, REMEMBERED_BYTES = 2048, 8192


class Sought(NamedTuple):
    """Policies as they were given and decoded, and where they stand."""

    given: Sequence[Any]
    policies: Decoded
    where: str = WHERE


class Made(NamedTuple):
    """A plan, what its policies are shown as, the groups and lists that they lead to."""

    plan: Plan
    shown: list[dict[str, Any] | Kept]
    groups: list[Kept]
    lists: list[Used]


class Read(NamedTuple):
    """Criteria whose references are ids in the one form that plans have, and those ids."""

    criteria: Criteria
    groups: frozenset[UUID]
    lists: frozenset[UUID]


class Chosen(NamedTuple):
    """A policy to be tested, what it is shown as (what was sent, or what is kept), and where it stands."""

    policy: Policy
    read: Read
    shown: dict[str, Any] | Kept
    where: str


class Opened(NamedTuple):
    """A group that a policy leads to."""

    kept: Kept
    read: Read


def check_size(documents: Iterable[bytes], where: str) -> None:
    """Raises Faulty for kept policies and groups that are too long together."""
    size = sum(map(len, documents))
    if size > DOCUMENTS_LIMIT:
        message = f"the policies named, and their groups, take {size} bytes, {DOCUMENTS_LIMIT} is the limit"
        raise Faulty(Fault(message, where))


def check_values(size: int, where: str) -> None:
    """Raises Faulty for lists that have too many values together."""
    if size > VALUES_LIMIT:
        message = f"the {where[1:]} lead to lists of {size} values together, {VALUES_LIMIT} is the limit"
        raise Faulty(Fault(message, where))


def check_named(plan: Plan, where: str) -> None:
    """Raises Faulty for selectors that name too many addresses."""
    named = len(addresses(plan))
    if named > NAMED_LIMIT:
        message = f"the expectations lead to {named} e-mail addresses, {NAMED_LIMIT} is the limit"
        raise Faulty(Fault(message, where))


def choose(account: UUID, sought: Sought, kept: Mapping[UUID, Kept]) -> list[Chosen]:
    """The policies sought, those of which only the id was given among what is `kept`; raises Faulty."""
    found, known = list[Chosen](), dict[UUID, Chosen]()
    for number, policy in enumerate(sought.policies.policies):
        where = child(sought.where, number)
        if isinstance(policy, Policy):
            found.append(Chosen(*_settled(policy), sought.given[number], where))
            continue
        each = kept[UUID(policy)]
        if each.id not in known:
            read = remembered_policy if len(each.document) <= REMEMBERED_BYTES else _policy
            try:
                known[each.id] = Chosen(*read(each.id, each.document, account), each, where)
            except Faulty as faulty:
                raise Faulty(*_unusable("policy", each.id, faulty, where)) from None
        found.append(known[each.id])
    return found


def named_groups(chosen: Sequence[Chosen]) -> frozenset[UUID]:
    """The groups that policies name themselves."""
    return frozenset[UUID]().union(*(each.read.groups for each in chosen))


def named_lists(chosen: Sequence[Chosen], opened: Sequence[Opened]) -> frozenset[UUID]:
    """The lists that policies and groups name."""
    read = [each.read for each in chosen] + [each.read for each in opened]
    return frozenset[UUID]().union(*(each.lists for each in read))


def open_groups(account: UUID, chosen: Sequence[Chosen], kept: Iterable[Kept], where: str) -> list[Opened]:
    """The groups that policies lead to; raises Faulty for those kept by a version that took them."""
    opened, broken = list[Opened](), dict[UUID, Faulty]()
    for each in kept:
        read = remembered_group if len(each.document) <= REMEMBERED_BYTES else _group
        try:
            opened.append(Opened(each, read(each.document, account)))
        except Faulty as faulty:
            broken[each.id] = faulty
    if broken:
        names = {each.kept.id: each.read.groups for each in opened}
        places = {group: _way(chosen, names, group) or where for group in broken}
        faults = [_unusable("group", group, faulty, places[group]) for group, faulty in broken.items()]
        raise Faulty(*(fault for each in faults for fault in each))
    return opened


def _unusable(kind: str, resource_id: UUID, faulty: Faulty, where: str) -> list[Fault]:
    """What is wrong with something kept: by a version that took what this one does not."""
    return [
        Fault(f"the {kind} `{resource_id}` cannot be used as it is kept: {each.message}", where)
        for each in faulty.faults
    ]


def _way(chosen: Sequence[Chosen], names: Mapping[UUID, Collection[UUID]], group: UUID) -> str:
    """The pointer to the first policy that leads to a group, over groups that name groups; empty for none."""
    for each in chosen:
        reached = set[UUID]()
        waiting = set(each.read.groups)
        while waiting:
            reached |= waiting
            waiting = set[UUID]().union(*(names.get(one, ()) for one in waiting)) - reached
        if group in reached:
            return each.where
    return ""


def _policy(policy_id: UUID, document: bytes, account: UUID) -> tuple[Policy, Read]:
    decoded = policies.decode([msgspec.json.decode(document)], WHERE, account.hex)
    policy = next(iter(decoded.policies), None)
    if decoded.faults or not isinstance(policy, Policy):
        raise Faulty(*decoded.faults)
    return _settled(replace(policy, id=str(policy_id)))


def _group(document: bytes, account: UUID) -> Read:
    return _read(groups.criteria(document, account))


remembered_policy = lru_cache(REMEMBERED)(_policy)
remembered_group = lru_cache(REMEMBERED)(_group)


def _settled(policy: Policy) -> tuple[Policy, Read]:
    read = _read(policy.criteria)
    return replace(policy, criteria=read.criteria), read


def _read(criteria: Criteria) -> Read:
    groups, lists = set[UUID](), set[UUID]()

    def settled(rule: Rule) -> Rule:
        if not isinstance(rule, Reference):
            return rule
        found = UUID(rule.id)
        (groups if isinstance(rule, Group) else lists).add(found)
        return type(rule)(str(found))

    parts = (criteria.include, criteria.exclude, criteria.require)
    return Read(
        Criteria(*(tuple(map(settled, rules)) for rules in parts)), frozenset(groups), frozenset(lists)
    )


class _Named(msgspec.Struct):
    name: str


def _name(kept: Kept) -> str:
    return msgspec.json.decode(kept.document, type=_Named).name


def make(chosen: Sequence[Chosen], opened: Sequence[Opened], lists: Sequence[Used], where: str) -> Made:
    """The plan of policies with all that they lead to; raises Faulty if it is too large."""
    email_lists, ip_lists = (
        {str(each.id): each.values for each in lists if each.type == kind} for kind in ("EMAIL", "IP")
    )
    groups = {str(each.kept.id): each.read.criteria for each in opened}
    names = {str(each.id): each.name for each in lists}
    names |= {str(each.kept.id): _name(each.kept) for each in opened}
    plan = Plan(tuple(each.policy for each in chosen), groups, email_lists, ip_lists, names)
    size = expansion.rules(plan)
    if size > expansion.RULES_LIMIT:
        limit = expansion.RULES_LIMIT
        message = f"with their groups opened the {where[1:]} hold {size} rules, {limit} is the limit"
        raise Faulty(Fault(message, where))
    return Made(plan, [each.shown for each in chosen], [each.kept for each in opened], list(lists))


def check_decisions(plan: Plan) -> None:
    """Raises Faulty where a group holds what the policy itself may not: its rules are known only now."""
    faults = list[Fault]()
    unfit = {each: expansion.leading_to(plan, each[0]) for each in (IDENTITY, MACHINE)}
    for number, policy in enumerate(plan.policies):
        each = IDENTITY if policy.decision.before_login else MACHINE
        parts = (policy.criteria.include, policy.criteria.exclude, policy.criteria.require)
        if any(isinstance(rule, Group) and rule.id in unfit[each] for rules in parts for rule in rules):
            problem = each[1]
            message = f"`{policy.decision.value}` {problem}"
            faults.append(Fault(message, child(WHERE, number)))
    if faults:
        raise Faulty(*faults)
