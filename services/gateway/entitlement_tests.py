"""From a question of entitlement asked of everybody to its plan, whatever dialect it comes in."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.gateway import entitlements
from services.gateway.entitlements import View
from services.gateway.resources import Resources
from shared.directory.errors import Refused
from shared.policy.entitlement import proposal
from shared.policy.entitlement.compilation import Asked, Compiled, compiled
from shared.policy.entitlement.estate import EVERYONE, Estate, Holder, Team
from shared.policy.entitlement.population import Population
from shared.policy.entitlement.proposal import Proposal
from shared.policy.entitlement.resource import Resource, folded
from shared.store import access_policies
from shared.store.pool import Connection, one_moment
from shared.store.principals import Found
from shared.wire import entitlement_tests
from shared.wire.cloudcms import policies, references, roles
from shared.wire.cloudcms.policies import Decoded
from shared.wire.cloudcms.shipped import system_policies
from shared.wire.entitlement_tests import ASSIGN_TO, WHERE, Proposed, Question
from shared.wire.faults import Fault, Faulty, child

NAMED_LIMIT = 500_000
"""Users and groups that a plan names: it is written, and read by a worker, in one piece."""


class Used(NamedTuple):
    """A policy that says something of what is asked: its document, references of those who hold it."""

    id: str
    document: bytes
    holders: tuple[str, ...]


class Resolved(NamedTuple):
    """A plan, and what it was made of."""

    plan: Population
    target: Resource
    question: Question
    used: list[Used]


class _Read(NamedTuple):
    """What a question is about, as it is in the database; `decoded` are the policies that it names, by id."""

    estate: Estate
    target: Resource | None
    decoded: Mapping[str, Decoded]
    holders: Mapping[str, frozenset[Holder]]


async def resolve(connection: Connection, resources: Resources, account: UUID, given: object) -> Resolved:
    """The plan of a question, all of it as of one moment; raises Faulty for what is wrong or not there."""
    question = await asyncio.to_thread(entitlement_tests.decode, given, account)
    async with one_moment(connection):
        view, faults = await entitlements.view(connection, resources, account), list[Fault]()
        read = await _read(view, account, question, faults)
        faults += _unknown(read.estate, question.asked)
        faults += roles.unknown(_roles(question.policies), read.estate.roles)
        if faults or read.target is None:
            raise Faulty(*faults)
        target = read.target
        grants = (await view.grants([target])).get(folded(target.reference), ())
        proposed = [*_proposals(question, read)]

        def think() -> tuple[Compiled, dict[str, tuple[str, ...]]]:
            estate = (proposal.instead if question.replace else proposal.added)(read.estate, proposed)
            found = compiled(estate, target, grants, question.asked)
            _check_size(found.plan)
            return found, _held(account, estate, found.policies)

        (plan, said), held = await asyncio.to_thread(think)
        documents = await _documents(connection, account, said, question, read)
    resources.estates.trim()
    used = [Used(each, documents[each], held[each]) for each in said if each in documents]
    return Resolved(plan, target, question, used)


async def _read(view: View, account: UUID, question: Question, faults: list[Fault]) -> _Read:
    target = question.target
    if isinstance(target, str):
        found = (await view.resources([target])).get(target)
        if found is None:
            faults.append(Fault(f"there is no `{target[:128]}`", child(WHERE, "target")))
    else:
        found = target
    principals = await view.found({text for each in question.policies for text in each.assign_to})
    estate = _with_groups(await view.estate(), principals.values())
    holders = _holders(estate, account, question.policies, principals, faults)
    named = {each.policy_id: each.pointer for each in question.policies if each.policy_id is not None}
    decoded = await _decoded(view.connection, account, named)
    faults += [
        Fault(f"there is no access policy `{policy_id[:64]}`", pointer)
        for policy_id, pointer in named.items()
        if policy_id not in decoded
    ]
    return _Read(estate, found, decoded, holders)


def _unknown(estate: Estate, asked: Asked) -> Iterator[Fault]:
    if asked.authority is not None and asked.authority not in estate.roles:
        yield Fault(f"there is no role `{asked.authority}`", child(WHERE, "authority"))
    if asked.permission is not None and not estate.roles.carrying(asked.permission.upper()):
        yield Fault(f"no role gives the permission `{asked.permission}`", child(WHERE, "permission"))


def _roles(proposed: Iterable[Proposed]) -> Iterator[tuple[str, str]]:
    """The roles that policies name, with where."""
    for each in proposed:
        for role, pointer in () if each.decoded is None else each.decoded.roles:
            yield role, each.pointer + pointer


def _with_groups(estate: Estate, principals: Iterable[Found]) -> Estate:
    """The estate with the names of groups that would lead to something, and do not yet."""
    named = {each.name: each.holder.id for each in principals if each.holder.kind == "group"}
    others = {name: group for name, group in named.items() if group != EVERYONE}
    return replace(estate, groups={**others, **estate.groups})


def _holders(
    estate: Estate,
    account: UUID,
    proposed: Iterable[Proposed],
    principals: Mapping[str, Found],
    faults: list[Fault],
) -> dict[str, frozenset[Holder]]:
    """Whom policies would be assigned to, by the pointer of each."""
    given = [(each.pointer, number, text) for each in proposed for number, text in enumerate(each.assign_to)]
    teams = {team.id for team in estate.teams}
    found = defaultdict[str, set[Holder]](set)
    for pointer, number, text in given:
        holder = principals[text].holder if text in principals else _team(account, text)
        if holder is None or (holder.kind == "team" and holder.id not in teams):
            where = child(child(pointer, ASSIGN_TO), number)
            or_two = ", or two users are called so: say the id" if "@" in text else ""
            faults.append(Fault(f"there is no user, group or team `{text[:128]}`{or_two}", where))
        else:
            found[pointer].add(holder)
    return {pointer: frozenset(each) for pointer, each in found.items()}


def _team(account: UUID, text: str) -> Holder | None:
    """The team that a text refers to, if it is of the account; it need not exist."""
    try:
        reference = references.parse(text)
    except Refused:
        return None
    ours = reference.type.lower() == "team" and reference.ids[1:2] == (account.hex,)
    return Holder("team", reference.id) if ours else None


async def _decoded(connection: Connection, account: UUID, named: Iterable[str]) -> dict[str, Decoded]:
    """Those that exist of some policies, by id."""
    system = {each: found for each in named if (found := system_policies().get(each)) is not None}
    stored = await access_policies.several(connection, account, set(named) - system.keys())
    read = {each: policies.decode(msgspec.json.decode(row.document)) for each, row in stored.items()}
    return {**read, **system}


def _id(number: int, proposed: Proposed) -> str:
    """The id of a proposed policy; one that is made up counts after those of the same order that exist."""
    return f"~{number:04}" if proposed.policy_id is None else proposed.policy_id


def _proposals(question: Question, read: _Read) -> Iterator[Proposal]:
    for number, each in enumerate(question.policies):
        policy_id = _id(number, each)
        decoded = read.decoded[policy_id] if each.decoded is None else each.decoded
        yield Proposal(decoded.policy(policy_id), read.holders.get(each.pointer, frozenset()))


async def _documents(
    connection: Connection, account: UUID, said: Sequence[str], question: Question, read: _Read
) -> dict[str, bytes]:
    """The documents of the policies that say something, as they would be."""
    found = {policy_id: each.document for policy_id, each in {**system_policies(), **read.decoded}.items()}
    for number, each in enumerate(question.policies):
        if each.decoded is not None:
            found[_id(number, each)] = each.decoded.document
    stored = await access_policies.several(connection, account, set(said) - found.keys())
    return {**found, **{policy_id: each.document for policy_id, each in stored.items()}}


def _held(account: UUID, estate: Estate, said: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """References of those who hold some policies, by policy."""
    found: dict[str, list[str]] = {policy_id: [] for policy_id in said}
    teams = {team.id: team for team in estate.teams}
    for holder, held in estate.assigned.items():
        for policy_id in found.keys() & set(held):
            found[policy_id].append(_reference(account, holder, teams))
    return {policy_id: tuple(sorted(holders)) for policy_id, holders in found.items()}


def _reference(account: UUID, holder: Holder, teams: Mapping[str, Team]) -> str:
    match holder.kind:
        case "user":
            return str(references.user(account, holder.id))
        case "group":
            return str(references.group(account, holder.id))
        case "team":
            team = teams.get(holder.id)
            return str(references.team(account, None if team is None else team.within, holder.id))


def _check_size(plan: Population) -> None:
    size = sum(len(each.users) + len(each.groups) for each in plan.holders)
    if size > NAMED_LIMIT:
        message = f"this comes down to {size} users and groups, {NAMED_LIMIT} is the limit"
        raise Faulty(Fault(message, WHERE))
