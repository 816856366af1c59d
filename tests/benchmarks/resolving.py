"""How long it takes from 500 reusable policies with 300 nested groups to a plan."""

import json
import time
from statistics import median
from typing import Any

from services.gateway.cloudflare import resolution
from shared.store import pool
from shared.store.pool import Connection
from shared.wire.cloudflare import making
from shared.wire.cloudflare.policy_tests import decode_start
from tests.benchmarks.report import Line, at_most
from tests.benchmarks.stage import Stage

POLICIES, GROUPS, CHAINS = 500, 300, 10  # chains that are 30 groups deep
TARGET = 0.1
RUNS = 9


def rules(number: int) -> dict[str, Any]:
    """What no two of them have alike."""
    okta = {"name": f"team-{number}", "identity_provider_id": f"{number:032x}"}
    return {
        "include": [{"email_domain": {"domain": f"d{number}.example"}}, {"okta": okta}],
        "exclude": [{"geo": {"country_code": "KP"}}, {"email": {"email": f"u{number}@d.example"}}],
        "require": [{"ip": {"ip": f"10.{number % 256}.0.0/16"}}, {"auth_method": {"auth_method": "mfa"}}],
    }


def with_group(document: dict[str, Any], group_id: str | None) -> bytes:
    if group_id is not None:
        document["include"].append({"group": {"id": group_id}})
    return json.dumps(document).encode()


def created(stage: Stage) -> list[str]:
    """The ids of the policies."""
    wire, groups, policies = stage.new_wire(), list[str](), list[str]()
    for number in range(GROUPS):
        below = groups[number - CHAINS] if number >= CHAINS else None
        body = with_group({"name": f"group {number}", **rules(number)}, below)
        groups.append(wire.call("POST", "/access/groups", body)["result"]["id"])
    for number in range(POLICIES):
        document = {"name": f"policy {number}", "decision": "allow", **rules(1000 + number)}
        body = with_group(document, groups[-1 - number % CHAINS])
        policies.append(wire.call("POST", "/access/policies", body)["result"]["id"])
    return policies


async def resolved(stage: Stage, connection: Connection, body: bytes, *, cold: bool) -> float:
    """Seconds; `cold` ones are of a gateway that knows none of the documents."""
    if cold:
        making.remembered_policy.cache_clear()
        making.remembered_group.cache_clear()
    asked = decode_start(body, stage.account)
    began = time.perf_counter()
    plan, _ = await resolution.resolve(connection, stage.account, asked)
    seconds = time.perf_counter() - began
    assert (len(plan.policies), len(plan.groups)) == (POLICIES, GROUPS)
    return seconds


async def measure(stage: Stage) -> list[Line]:
    ids = created(stage)
    body = json.dumps({"policies": ids}).encode()
    connection = await pool.connect(stage.postgres.dsn)
    lines = []
    for words, cold in (("for the first time", True), ("again", False)):
        seconds = [await resolved(stage, connection, body, cold=cold) for _ in range(RUNS)]
        what = f"plan of {POLICIES} policies with {GROUPS} nested groups, {words}"
        lines.append(at_most(what, 1000 * median(seconds), 1000 * TARGET, "ms"))
    await connection.close()
    return lines
