"""Many questions about rights at once, of one moment; what is the same for several is found out once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.gateway import entitlements as reading
from services.gateway.cloudcms.bounds import Clock
from services.gateway.cloudcms.decisions import asking, thinking
from services.gateway.cloudcms.decisions.thinking import Course, Work, thought
from services.gateway.entitlements import Asked, View
from services.gateway.routing import Call
from shared.policy.entitlement.decision import Decision
from shared.policy.entitlement.estate import Estate, Holder
from shared.policy.entitlement.principal import Principal
from shared.policy.entitlement.resource import Resource
from shared.policy.entitlement.roles import PERMISSIONS, permission_key
from shared.store.principals import Found

ALONE = 20
"""So many questions are answered where they are asked; more in a thread, or others would wait."""


class Right(NamedTuple):
    """A role's or a permission's key, in any case."""

    key: str
    is_role: bool


class Question(NamedTuple):
    """Whether a principal has a right on a resource: that of a reference, or one that is described."""

    principal: str
    on: str | Resource
    right: Right


class Pair(NamedTuple):
    """A principal and a resource that are there."""

    principal: Principal
    resource: Resource


class Facts(NamedTuple):
    """All that answers take, of one moment."""

    estate: Estate
    found: Mapping[str, Found]
    resources: Mapping[str, Resource]
    asked: Asked

    def pair(self, principal: str, on: str | Resource, course: Course) -> Pair | str:
        """Whom and what a question is about; or why there is no such thing, for people. Raises Faulty."""
        who = self.found.get(principal)
        if who is None:
            return asking.absent(principal)
        resource = on if isinstance(on, Resource) else self.resources.get(on)
        if resource is None:
            return asking.malformed(str(on)) or f"{asking.no_resource(str(on))} does not exist"
        return Pair(course.ready(self.asked.of(who.holder)), resource)

    def work(self, pairs: Sequence[tuple[str, str | Resource]]) -> Work:
        """How much it takes to answer of some principals and resources; of many it is guessed from all."""
        if len(pairs) > ALONE:
            every = [*self.resources.values(), *(on for _, on in pairs if isinstance(on, Resource))]
            weight = sum(map(thinking.weight, every)) // max(len(every), 1)
            return Work(len(pairs) * self.estate.statements * max(weight, 1), inline=False)
        return Work(sum(self._work(*each) for each in pairs))

    def _work(self, principal: str, on: str | Resource) -> int:
        who = self.found.get(principal)
        resource = on if isinstance(on, Resource) else self.resources.get(on)
        if who is None or resource is None:
            return 0
        return self.asked.statements(who.holder) * thinking.weight(resource)


async def _facts(view: View, principals: Iterable[str], on: Sequence[str | Resource]) -> Facts:
    """What there is to know about some principals and resources."""
    found = await view.found(principals)
    resources = await view.resources(each for each in on if isinstance(each, str))
    every = [*resources.values(), *(each for each in on if isinstance(each, Resource))]
    holders: list[Holder] = [each.holder for each in found.values()]
    return Facts(await view.estate(), found, resources, await view.asked(holders, every))


Answered = Decision | str
"""A decision, or why there can be none."""


async def known(call: Call, pairs: Sequence[tuple[str, str | Resource]]) -> Facts:
    """What there is to know about principals, and what they are asked about, as of one moment."""

    async def read(view: View) -> Facts:
        return await _facts(view, (principal for principal, _ in pairs), [on for _, on in pairs])

    return await reading.read(call.resources, call.account, read)


async def answers(call: Call, questions: Sequence[Question]) -> tuple[Facts, list[Answered]]:
    """The answers to some questions, in their order, and what they follow from."""
    pairs = [(each.principal, each.on) for each in questions]
    facts = await known(call, pairs)
    work = facts.work(pairs)
    return facts, await thought(call, work, lambda course: answered(facts, questions, course))


def answered(facts: Facts, questions: Sequence[Question], course: Course) -> list[Answered]:
    """The answers; raises Faulty where they take too long."""
    pairs: dict[tuple[str, str | int], Pair | str] = {}
    decided: dict[tuple[int, int, Right], Answered] = {}
    found = list[Answered]()
    for question in questions:
        who, on, right = question
        name = (who, on if isinstance(on, str) else id(on))
        if name not in pairs:
            pairs[name] = facts.pair(who, on, course)
        pair = pairs[name]
        if isinstance(pair, str):
            found.append(pair)
            continue
        same = (id(pair.principal), id(pair.resource), right)
        if same not in decided:
            decided[same] = _decided(facts.estate, pair, right, course.clock)
        found.append(decided[same])
    return found


def _decided(estate: Estate, pair: Pair, right: Right, clock: Clock) -> Answered:
    clock.look()
    if right.is_role:
        if right.key not in estate.roles:
            return asking.no_role(right.key)
        return pair.principal.authority(right.key, pair.resource, clock)
    if permission_key(right.key) not in PERMISSIONS:
        return asking.no_permission(right.key)
    return pair.principal.permission(right.key, pair.resource, clock)
