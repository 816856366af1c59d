"""Many checks of who is in which group; the groups that are the same for several are found once."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from services.gateway.auth import Scope
from services.gateway.cloudcms.answers import refused
from services.gateway.cloudcms.bounds import Clock, room
from services.gateway.cloudcms.domains import check_domain
from services.gateway.cloudcms.principals import members
from services.gateway.cloudcms.principals.principals import PATH
from services.gateway.routing import Answer, Body, Call, Route
from shared.directory.membership import closure, reversed_edges
from shared.policy.entitlement.estate import EVERYONE, Holder
from shared.store import groups
from shared.store import principals as stored_principals
from shared.store.pool import acquire
from shared.store.principals import Found
from shared.wire.cloudcms import objects
from shared.wire.cloudcms.principal_shapes import MembershipChecks, MembershipsChecked
from shared.wire.faults import child

CHECKS_LIMIT = 10_000
AT_ONCE, HEAVY = 10_000, 10_000_000
"""Steps from group to group while others wait; and where there is not much of that at once."""
CHECK_SECONDS = 5.0
"""Of processor time."""


async def check(call: Call) -> Answer:
    """Answer POST …/principals/membership/check: each check with its `result`, in their order."""
    check_domain(call)
    checks = _checks(call.body)
    texts = [check[name] for check in checks for name in ("principalId", "groupId")]
    async with acquire(call.resources.pool) as connection:
        found = await stored_principals.find(connection, call.account, texts)
        above = reversed_edges(await groups.nestings(connection, call.account))
        holders = [found[check["principalId"]].holder for check in checks if check["principalId"] in found]
        direct = await members.direct(connection, call.account, holders, above)
    known = Known(found, direct, above)
    if len(checks) * (1 + len(above)) <= AT_ONCE:
        return Answer(checked(checks, known))
    async with room(call, heavy=len(holders) * len(above) > HEAVY):
        return Answer(await asyncio.to_thread(checked, checks, known))


class Known(NamedTuple):
    """All that checks take: principals as they were called, the groups they are in, and those are in."""

    found: Mapping[str, Found]
    direct: Mapping[Holder, list[str]]
    above: Mapping[str, list[str]]


def checked(checks: list[dict[str, Any]], known: Known, seconds: float = CHECK_SECONDS) -> dict[str, Any]:
    """The checks with their results; raises Faulty where they take too long."""
    clock = Clock(seconds, "the checks take too long: send fewer at once")
    found = [_plain(check, known) for check in checks]
    results = [each is True for each in found]
    together = defaultdict[_Start, list[tuple[int, str]]](list)
    for number, each in enumerate(found):
        if not isinstance(each, bool):
            together[each.start].append((number, each.group))
    for start, sought in together.items():
        clock.look()
        groups = closure(known.above, start.groups) if start.indirect else start.groups
        for number, group in sought:
            results[number] = group in groups
    rows = [{**check, "result": result} for check, result in zip(checks, results, strict=True)]
    text = msgspec.Raw(msgspec.json.encode(rows))
    return {"checks": text, "results": text}


class _Start(NamedTuple):
    """Groups that somebody is in itself, and whether those count that they are in."""

    groups: tuple[str, ...]
    indirect: bool


class _Sought(NamedTuple):
    """A group, and where the way to it begins."""

    group: str
    start: _Start


def _plain(check: dict[str, Any], known: Known) -> bool | _Sought:
    """The result of a check, or what it takes to find it."""
    who, group = known.found.get(check["principalId"]), known.found.get(check["groupId"])
    if who is None or group is None or group.holder.kind != "group":
        return False
    if group.holder.id == EVERYONE:
        return who.holder.kind == "user"
    return _Sought(group.holder.id, _Start(tuple(known.direct[who.holder]), bool(check.get("indirect"))))


def _checks(body: dict[str, Any]) -> list[dict[str, Any]]:
    checks = body.get("checks")
    if not isinstance(checks, list) or len(checks) > CHECKS_LIMIT:
        raise refused(f"`checks` is a list of at most {CHECKS_LIMIT}", "/checks")
    for number, each in enumerate(checks):
        texts = isinstance(each, dict) and [each.get("principalId"), each.get("groupId")]
        if not texts or not all(isinstance(text, str) for text in texts):
            raise refused("a check has `principalId` and `groupId`", child("/checks", number))
        if not isinstance(each.get("indirect"), bool | None):
            raise refused("`indirect` is true or false", child(child("/checks", number), "indirect"))
    return checks


ROUTES = (
    Route(
        *("POST", PATH + "/membership/check", Scope.ENTITLEMENTS_READ, check),
        *("Say who is in which group", MembershipsChecked),
        body=Body(MembershipChecks, objects.decode),
    ),
)
