"""From what a client asks to be tested to a plan that nothing edited later can reach."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.gateway.cloudflare import references
from shared.policy import expansion
from shared.policy.plan import Plan
from shared.policy.plans import AnyPlan
from shared.policy.rules.kinds import NEEDS_LOGIN, Reference, Rule
from shared.policy.rules.machine import LinkedAppToken
from shared.policy.rules.references import Group
from shared.policy.screening.policy import Criteria, Policy
from shared.store import lists, resources
from shared.store.lists import StoredList
from shared.store.pool import Connection, one_moment
from shared.wire.cloudflare import groups, policies
from shared.wire.cloudflare.policies import Decoded
from shared.wire.cloudflare.policy_tests import Asked
from shared.wire.cloudflare.sources import Kept, Used, encode_source
from shared.wire.faults import Fault, Faulty, child

WHERE = "/policies"
# Of all lists that a plan reads together: it is written, and read by a worker, in one piece.
VALUES_LIMIT = 500_000
# Of the documents of kept policies, each as often as it is named, and of groups: the test keeps all of them.
DOCUMENTS_LIMIT = 16 * 1024 * 1024
# What no group that a policy names may hold, before login and after.
IDENTITY = (NEEDS_LOGIN, "applies before login, and a group that it names holds identity rules")
MACHINE = ((LinkedAppToken,), "applies after login, and a group that it names holds `linked_app_token`")
# So many documents stay decoded, of those that have no more bytes than this.
REMEMBERED, REMEMBERED_BYTES = 2048, 8192


class Resolved(NamedTuple):
    """A plan, and the JSON of what it was made of."""

    plan: AnyPlan
    source: bytes


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


class _Read(NamedTuple):
    """Criteria whose references are ids in the one form that plans have, and those ids."""

    criteria: Criteria
    groups: frozenset[UUID]
    lists: frozenset[UUID]


class _Chosen(NamedTuple):
    """A policy to be tested, what it is shown as (what was sent, or what is kept), and where it stands."""

    policy: Policy
    read: _Read
    shown: dict[str, Any] | Kept
    where: str


class _Opened(NamedTuple):
    """A group that a policy leads to."""

    kept: Kept
    read: _Read


class _Used(NamedTuple):
    """A list that a policy leads to, and what it holds in canonical form."""

    stored: StoredList
    values: tuple[str, ...]


async def resolve(connection: Connection, account: UUID, asked: Asked) -> Resolved:
    """The plan of a request's policies, as of one moment; raises Faulty for what is wrong or not there."""
    made = await plan(connection, account, Sought(asked.given, asked.policies))
    return await asyncio.to_thread(_resolved, made)


def _resolved(made: Made) -> Resolved:
    if faults := _decided(made.plan):
        raise Faulty(*faults)
    return Resolved(made.plan, encode_source(made.shown, made.groups, made.lists))


async def plan(connection: Connection, account: UUID, sought: Sought) -> Made:
    """The plan of some policies, all of it as of one moment; raises Faulty for what is wrong or not there.

    It takes a handful of queries, however many groups are nested, and one for each list.
    """
    async with one_moment(connection):
        kept = await _kept(connection, account, sought.policies)
        documents = [kept[UUID(each)].document for each in sought.policies.policies if isinstance(each, str)]
        _check_size(documents, sought.where)
        chosen = await asyncio.to_thread(_choose, account, sought, kept)
        named = frozenset[UUID]().union(*(each.read.groups for each in chosen))
        stored = await resources.closure(connection, account, named) if named else {}
        _check_size([*documents, *(each.document for each in stored.values())], sought.where)
        nested = [Kept(each.id, each.document) for each in stored.values()]
        opened = await asyncio.to_thread(_open, account, chosen, nested, sought.where)
        read = [each.read for each in chosen] + [each.read for each in opened]
        used = await _used(connection, account, read, sought.where)
    return await asyncio.to_thread(_made, chosen, opened, used, sought.where)


async def _kept(connection: Connection, account: UUID, asked: Decoded) -> dict[UUID, Kept]:
    """The reusable policies that are asked for; raises Faulty for all that is wrong or not there at once."""
    named = [(each.reference, each.pointer) for each in asked.references if isinstance(each.reference, str)]
    ids = {text: references.uuid(text) for text, _ in named}
    wanted = {each for each in ids.values() if each is not None}
    stored = await resources.several(connection, account, "policy", wanted) if wanted else {}
    missing = [
        Fault(f"the policy `{text[:64]}` does not exist", pointer)
        for text, pointer in named
        if ids[text] not in stored
    ]
    checked = await references.check(connection, account, asked.references)
    if faults := (*asked.faults, *missing, *checked.faults):
        raise Faulty(*faults)
    return {each.id: Kept(each.id, each.document) for each in stored.values()}


def _check_size(documents: Iterable[bytes], where: str) -> None:
    size = sum(map(len, documents))
    if size > DOCUMENTS_LIMIT:
        message = f"the policies named, and their groups, take {size} bytes, {DOCUMENTS_LIMIT} is the limit"
        raise Faulty(Fault(message, where))


def _choose(account: UUID, sought: Sought, kept: dict[UUID, Kept]) -> list[_Chosen]:
    found, known = list[_Chosen](), dict[UUID, _Chosen]()
    for number, policy in enumerate(sought.policies.policies):
        where = child(sought.where, number)
        if isinstance(policy, Policy):
            found.append(_Chosen(*_settled(policy), sought.given[number], where))
            continue
        each = kept[UUID(policy)]
        if each.id not in known:
            read = _remembered_policy if len(each.document) <= REMEMBERED_BYTES else _policy
            try:
                known[each.id] = _Chosen(*read(each.id, each.document, account), each, where)
            except Faulty as faulty:
                raise Faulty(*_unusable("policy", each.id, faulty, where)) from None
        found.append(known[each.id])
    return found


def _open(account: UUID, chosen: list[_Chosen], kept: list[Kept], where: str) -> list[_Opened]:
    opened, broken = list[_Opened](), dict[UUID, Faulty]()
    for each in kept:
        read = _remembered_group if len(each.document) <= REMEMBERED_BYTES else _group
        try:
            opened.append(_Opened(each, read(each.document, account)))
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


def _way(chosen: list[_Chosen], names: Mapping[UUID, frozenset[UUID]], group: UUID) -> str:
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


def _policy(policy_id: UUID, document: bytes, account: UUID) -> tuple[Policy, _Read]:
    decoded = policies.decode([msgspec.json.decode(document)], WHERE, account.hex)
    policy = next(iter(decoded.policies), None)
    if decoded.faults or not isinstance(policy, Policy):
        raise Faulty(*decoded.faults)
    return _settled(replace(policy, id=str(policy_id)))


def _group(document: bytes, account: UUID) -> _Read:
    return _read(groups.criteria(document, account))


_remembered_policy = lru_cache(REMEMBERED)(_policy)
_remembered_group = lru_cache(REMEMBERED)(_group)


def _settled(policy: Policy) -> tuple[Policy, _Read]:
    read = _read(policy.criteria)
    return replace(policy, criteria=read.criteria), read


def _read(criteria: Criteria) -> _Read:
    groups, lists = set[UUID](), set[UUID]()

    def settled(rule: Rule) -> Rule:
        if not isinstance(rule, Reference):
            return rule
        found = UUID(rule.id)
        (groups if isinstance(rule, Group) else lists).add(found)
        return type(rule)(str(found))

    parts = (criteria.include, criteria.exclude, criteria.require)
    return _Read(
        Criteria(*(tuple(map(settled, rules)) for rules in parts)), frozenset(groups), frozenset(lists)
    )


async def _used(connection: Connection, account: UUID, read: Iterable[_Read], where: str) -> list[_Used]:
    """The lists that are referred to; raises Faulty if they are too long together."""
    wanted = frozenset[UUID]().union(*(each.lists for each in read))
    every = await lists.every(connection, account) if wanted else []
    found = [each for each in every if each.id in wanted]
    size = sum(each.fingerprint.items for each in found)
    if size > VALUES_LIMIT:
        message = f"the {where[1:]} lead to lists of {size} values together, {VALUES_LIMIT} is the limit"
        raise Faulty(Fault(message, where))
    return [_Used(each, await lists.values(connection, account, each.id)) for each in found]


def _decided(plan: Plan) -> list[Fault]:
    """A group may hold what the policy itself may not: its rules are known only now."""
    faults = list[Fault]()
    unfit = {each: expansion.leading_to(plan, each[0]) for each in (IDENTITY, MACHINE)}
    for number, policy in enumerate(plan.policies):
        each = IDENTITY if policy.decision.before_login else MACHINE
        parts = (policy.criteria.include, policy.criteria.exclude, policy.criteria.require)
        if any(isinstance(rule, Group) and rule.id in unfit[each] for rules in parts for rule in rules):
            problem = each[1]
            message = f"`{policy.decision.value}` {problem}"
            faults.append(Fault(message, child(WHERE, number)))
    return faults


def _made(chosen: list[_Chosen], opened: list[_Opened], used: list[_Used], where: str) -> Made:
    email_lists, ip_lists = (
        {str(each.stored.id): each.values for each in used if each.stored.type == kind}
        for kind in ("EMAIL", "IP")
    )
    groups = {str(each.kept.id): each.read.criteria for each in opened}
    plan = Plan(tuple(each.policy for each in chosen), groups, email_lists, ip_lists)
    size = expansion.rules(plan)
    if size > expansion.RULES_LIMIT:
        limit = expansion.RULES_LIMIT
        message = f"with their groups opened the {where[1:]} hold {size} rules, {limit} is the limit"
        raise Faulty(Fault(message, where))
    read = [Used(stored.id, stored.heading.name, stored.type, values) for stored, values in used]
    return Made(plan, [each.shown for each in chosen], [each.kept for each in opened], read)
