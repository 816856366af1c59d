"""What a principal may do, as data: each case makes the point that its file is named after.

`policies` are documents by id; `holds` are those that the principal has: an id, or an id with a `source`;
`grants`, `team_roles`, `roles` are as in the domain; each of `expect` is a question and its answer, with the
reason where that is the point.
"""

import json
from functools import cache
from pathlib import Path

import msgspec
import pytest

from shared.policy.entitlement.holding import Directly, Grant, Held, Holding, Source, TeamRole
from shared.policy.entitlement.principal import Principal
from shared.policy.entitlement.resource import Resource
from shared.policy.entitlement.roles import Roles
from shared.wire.cloudcms.policies import decode
from shared.wire.cloudcms.shipped import system_policies

CASES = {path.stem: path for path in sorted(Path(__file__).with_name("cases").glob("*.json"))}


@cache
def case(name):
    return json.loads(CASES[name].read_text())


def holding(given, policies):
    given = {"policy": given} if isinstance(given, str) else given
    source = msgspec.convert(given["source"], Source) if "source" in given else Directly()
    decoded = policies.get(given["policy"]) or system_policies()[given["policy"]]
    return Holding(decoded.policy(given["policy"]), source)


def principal(given):
    policies = {name: decode(document) for name, document in given.get("policies", {}).items()}
    held = Held(
        tuple(holding(each, policies) for each in given.get("holds", policies)),
        tuple(msgspec.convert(each, Grant) for each in given.get("grants", [])),
        tuple(msgspec.convert(each, TeamRole) for each in given.get("team_roles", [])),
    )
    return Principal(held, Roles(given.get("roles")))


def expectations():
    for name in CASES:
        for number, expect in enumerate(case(name)["expect"]):
            yield pytest.param(name, expect, id=f"{name}-{number}")


@pytest.mark.parametrize(("name", "expect"), [*expectations()])
def test_it_is_so(name, expect):
    asked = principal(case(name))
    resource = msgspec.convert({"reference": "node://p/r/b/n"} | expect["resource"], Resource)
    for kind, ask in (("permission", asked.permission), ("authority", asked.authority)):
        if kind in expect:
            found = ask(expect[kind], resource)
            assert found.allowed is expect["allowed"]
            reason = json.loads(msgspec.json.encode(found.reason))
            assert reason == expect.get("reason", reason)
    if "authorities" in expect:
        assert sorted(asked.authorities(resource)) == expect["authorities"]
    if "permissions" in expect:
        assert sorted(asked.permissions(resource)) == expect["permissions"]
