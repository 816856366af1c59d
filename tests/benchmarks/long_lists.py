"""Tests that read the longest lists there can be: 100,000 networks, 100,000 addresses."""

import asyncio
import json
import random
from collections.abc import Sequence

from tests.benchmarks import cpu
from tests.benchmarks.report import Line, at_least, number
from tests.benchmarks.stage import Stage
from tests.benchmarks.wire import Ended

LENGTH, TARGET = 100_000, 1_000_000  # users per second
RUNS = 5
# Half of the addresses are users', and the networks lie where users' addresses do.
OWN = "SELECT address FROM users WHERE account_id = $1 ORDER BY random() LIMIT $2"


def networks(source: random.Random) -> list[str]:
    """Networks that do not touch, all of them in 10.0.0.0/8: no part of the column can be left out."""
    firsts = source.sample(range(1 << 20), LENGTH)
    return [f"10.{first >> 12}.{first >> 4 & 255}.{(first & 15) * 16}/29" for first in firsts]


async def addresses(stage: Stage, source: random.Random) -> list[str]:
    connection = await stage.connect()
    rows = await connection.fetch(OWN, stage.account, LENGTH // 2)
    await connection.close()
    own = [row["address"] for row in rows]
    strangers = [f"{source.randrange(10**12):x}@stranger.example" for _ in range(LENGTH - len(own))]
    return sorted({*own, *strangers})


def create(stage: Stage, kind: str, values: Sequence[str]) -> str:
    body = {"name": f"{len(values)} of {kind}", "type": kind, "items": [{"value": each} for each in values]}
    answer = stage.new_wire().call("POST", "/gateway/lists", json.dumps(body).encode())
    list_id: str = answer["result"]["id"]
    return list_id


def asking(rule: str, list_id: str) -> bytes:
    policy = {"name": "listed", "decision": "allow", "include": [{rule: {"id": list_id}}]}
    return json.dumps({"policies": [policy]}).encode()


async def measure(stage: Stage, users: int) -> list[Line]:
    """Each kind of list on workers that have just started, and on those that know the postings."""
    source = random.Random(7)
    lines: list[Line] = []
    for rule, kind, values in (
        ("ip_list", "IP", networks(source)),
        ("email_list", "EMAIL", await addresses(stage, source)),
    ):
        body = asking(rule, await asyncio.to_thread(create, stage, kind, values))
        await stage.restart_workers()
        before = cpu.used(stage)
        ended = [await asyncio.to_thread(stage.new_wire().tested, body) for _ in range(RUNS)]
        lines += _lines(f"test that reads {len(values):,} values of an {kind} list", users, ended)
        used = cpu.used(stage).since(before)
        lines.append(Line("- processor time per user, µs", used.words(users * RUNS)))
    return lines


def _lines(what: str, users: int, ended: list[Ended]) -> list[Line]:
    first, *others = ended
    seconds = sorted(each.seconds for each in others)[len(others) // 2]
    return [
        at_least(what, users / seconds, TARGET, "users/s"),
        Line("- the first one of workers just started", f"{number(users / first.seconds)} users/s"),
        Line("- POST, until it is answered", f"{number(1000 * (first.answered - first.sent))} ms"),
    ]
