"""Decisions that take long: in a thread, with an end."""

import asyncio
import random
from typing import Any

import pytest
from msgspec.structs import replace

from services.gateway.cloudcms.decisions import thinking
from services.gateway.cloudcms.decisions.questions import Facts, Question, Right, answered
from services.gateway.cloudcms.decisions.thinking import INLINE, Course
from services.gateway.entitlements import Asked
from services.gateway.estates import Principals
from shared.policy.entitlement.conditions.entity import Path
from shared.policy.entitlement.estate import EVERYONE, Estate, Holder
from shared.policy.entitlement.patterns import Pattern
from shared.policy.entitlement.policy import Action, Policy, Statement
from shared.policy.entitlement.resource import Resource
from shared.store.principals import Found
from shared.wire.faults import Faulty
from tests.effort import within
from tests.gateway.cloudcms import holdings, people, rights
from tests.stack import Client, Service, used

READ = Right("READ", is_role=False)
NODE = Resource("node://p/n", "node", "n", ("/a",))
MANY = 5000


def facts(policies: int, users: int = 1) -> Facts:
    """An account where everyone has so many policies, none of which says anything of the node."""
    statement = Statement(Action.GRANT, ("consumer",), (Path(Pattern("/b/.*")),))
    every = {f"p{number}": Policy(f"p{number}", (statement,)) for number in range(policies)}
    names = {f"g{number}": f"g{number}" for number in range(users)}
    estate = Estate(every, {Holder("group", EVERYONE): tuple(every)}, groups=names)
    found = {
        f"u{number}": Found(Holder("user", f"u{number}"), f"u{number}", None, f"u{number}")
        for number in range(users)
    }
    groups = {f"u{number}": (f"g{number}",) for number in range(users)}
    return Facts(estate, found, {NODE.reference: NODE}, Asked(Principals(estate, {}), groups))


def asked(users: int, each: int = 1) -> list[Question]:
    nodes = [replace(NODE) for _ in range(each)]
    return [Question(f"u{user}", node, READ) for user in range(users) for node in nodes]


def test_checks_that_take_too_long_are_refused() -> None:
    known, questions = facts(MANY), asked(1, 1000)
    with within(1), pytest.raises(Faulty, match="takes more than"):
        answered(known, questions, Course(0.1))


def test_one_check_that_takes_too_long_is_refused() -> None:
    course = Course(0)
    who = facts(MANY).pair("u0", NODE, Course())
    assert not isinstance(who, str)
    with pytest.raises(Faulty, match="takes more than"):
        who.principal.permission("READ", NODE, course.clock)


def test_principals_who_have_too_much_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinking, "TOGETHER", 2 * MANY)
    assert len(answered(facts(MANY, 2), asked(2), Course())) == 2
    with pytest.raises(Faulty, match="statements in force"):
        answered(facts(MANY, 3), asked(3), Course())


def test_what_is_known_of_a_principal_counts_and_else_all_that_there_is() -> None:
    there = facts(MANY)
    pairs = [("u0", NODE)]
    assert there.work(pairs).statements == MANY > INLINE
    alone = Facts(
        there.estate, {"g": Found(Holder("group", "g"), "g", None, "g")}, there.resources, there.asked
    )
    assert alone.work([("g", NODE)]).statements == MANY
    alone.pair("g", NODE, Course())
    assert alone.work([("g", NODE)]).statements == 0
    long = replace(NODE, paths=("/" + "a" * 2560,))
    assert there.work([("u0", long)]).statements == MANY * 11


async def slow_policy(client: Client) -> list[dict[str, Any]]:
    """What everyone is asked about for long: many patterns, and long paths."""
    statements = [
        holdings.grant({"type": "path", "config": {"path": f".*(a|b)[ab]{{{number % 40 + 60}}}x+{number}q"}})
        for number in range(300)
    ]
    await holdings.assigned(client, await holdings.made(client, statements=statements), "everyone")
    draw = random.Random(1)
    paths = ["/" + "".join(draw.choices("ab", k=4000)) for _ in range(50)]
    resource = {"type": "node", "id": "n", "paths": paths}
    return [{"resource": resource, "principalId": "everyone", "permissionId": "READ"}]


async def test_others_are_answered_while_one_check_takes_long(client: Client) -> None:
    entries = await slow_policy(client)
    slow = asyncio.ensure_future(client.call("POST", "/access/check", json={"entries": entries}))
    await asyncio.sleep(0.1)
    for _ in range(3):
        assert (await client.call("GET", "/access/policies/system/project-user")).status == 200
    assert not slow.done()
    assert (await slow).body["entries"][0]["hasPermission"] is False


async def test_single_checks_stay_as_they_were(service: Service, client: Client) -> None:
    ann = await people.user(client, "ann")
    policy = await holdings.made(client, statements=[holdings.grant()])
    await rights.granted(client, f"/access/policies/{policy}", ann, "editor")
    for _ in range(20):
        await rights.may(client, f"/access/policies/{policy}", ann, "READ")
    before = used(service)
    for _ in range(200):
        assert await rights.may(client, f"/access/policies/{policy}", ann, "READ")
    assert used(service) - before < 0.5
