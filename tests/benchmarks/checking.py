"""Checks of the second dialect: one a request, ten thousand a request, and of every user at once."""

import asyncio
import json
import random
import time
from statistics import median
from typing import Any, NamedTuple

from tests.benchmarks import asking, cpu, rights, rights_engines, testing
from tests.benchmarks.report import Line, at_least, at_most, quantile
from tests.benchmarks.rights import Question
from tests.benchmarks.stage import Stage

PEOPLE = "SELECT user_id::text, groups FROM users WHERE account_id = $1 AND ordinal = ANY($2::bigint[])"
USERS, CHECKS, SAMPLE = 200, 10_000, 2_000
RATE, SECONDS, RUNS = 1_000, 1.0, 5


class Scene(NamedTuple):
    """Questions, and the reference of the resource at each path."""

    questions: list[Question]
    references: dict[str, str]


def say(stage: Stage, path: str, body: Any) -> Any:
    """What the second dialect answers."""
    wire = stage.new_wire()
    wire.prefix = ""
    answer = json.loads(wire.exchange("POST", path, json.dumps(body), **{"Content-Type": "application/json"}))
    assert "error" not in answer, answer
    return answer


def set_up(stage: Stage) -> dict[str, str]:
    """Policies, held by groups, and resources; returns their references by path."""
    for number in range(rights.POLICIES):
        made = say(stage, "/access/policies", rights.document(number))["_doc"]
        holder = rights.HOLDERS[number % len(rights.HOLDERS)]
        found = say(stage, "/domains/default/principals/query", {"type": "GROUP", "name": holder})
        reference = f"group://{stage.service.account}/default/{found['rows'][0]['_doc']}"
        say(stage, f"/access/policies/{made}/assign?ref={reference}", {})
    references = {}
    for path in rights.paths():
        made = say(stage, "/access/resources", {"type": "node", "paths": [path]})["_doc"]
        references[path] = f"node://{stage.service.account}/{made}"
    return references


async def prepared(stage: Stage, users: int) -> Scene:
    references = await asyncio.to_thread(set_up, stage)
    draw = random.Random(5)
    connection = await stage.connect()
    rows = await connection.fetch(PEOPLE, stage.account, draw.sample(range(users), min(USERS, users)))
    await connection.close()
    people = [(row["user_id"], tuple(json.loads(row["groups"]))) for row in rows]
    paths = sorted(references)
    return Scene([Question(*draw.choice(people), draw.choice(paths)) for _ in range(CHECKS)], references)


async def measure(stage: Stage, users: int, seconds: float) -> list[Line]:
    scene = await prepared(stage, users)
    return [
        *await _singles(stage, scene, seconds),
        *await asyncio.to_thread(_many, stage, scene),
        *await _everybody(stage, scene, users),
    ]


async def _singles(stage: Stage, scene: Scene, seconds: float) -> list[Line]:
    requests = [
        ("POST", "/access/check", json.dumps({"entries": [_entry(scene, each)]})) for each in scene.questions
    ]
    asker = await asking.start(stage, seconds)
    asker.tell(requests)
    before = cpu.used(stage)
    durations = await asker.durations()
    used = cpu.used(stage).since(before)
    rate = len(durations) / seconds
    return [
        at_least(f"checks, one a request, {asking.CONNECTIONS} connections", rate, RATE, "requests/s"),
        Line("- p99", f"{1000 * quantile(durations, 0.99):.1f} ms"),
        Line("- processor time per check, µs", used.words(len(durations))),
    ]


def _entry(scene: Scene, question: Question) -> dict[str, str]:
    return {
        "permissioned": scene.references[question.path],
        "principalId": f"default/{question.user}",
        "permissionId": "READ",
    }


def _many(stage: Stage, scene: Scene) -> list[Line]:
    checks = [
        {"permissionedId": entry["permissioned"], "principalId": entry["principalId"], "permissionId": "READ"}
        for entry in (_entry(scene, each) for each in scene.questions)
    ]
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        answer = say(stage, "/access/policies/permissions/check", {"checks": checks})
        taken.append(time.perf_counter() - started)
    allowed = [each["result"] for each in answer["checks"]]
    what = f"{CHECKS:,} checks in one request, {rights.POLICIES} policies of 5 statements"
    return [
        at_most(what, median(taken), SECONDS, "s"),
        *rights_engines.compare(scene.questions[:SAMPLE], allowed[:SAMPLE]),
    ]


async def _everybody(stage: Stage, scene: Scene, users: int) -> list[Line]:
    target = min(scene.references.values())
    body = json.dumps({"entitlement": {"target": target, "permission": "READ"}}).encode()
    first = await asyncio.to_thread(testing.runs, stage, body, 1)
    warm = await testing.warm(stage, body, RUNS)
    return [
        testing.line("test of an entitlement, for the first time", users, first),
        testing.line("test of an entitlement, again", users, warm),
    ]
