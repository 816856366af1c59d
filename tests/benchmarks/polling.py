"""Status polls from many connections while tests run one after another."""

import asyncio

from tests.benchmarks import asking, cpu
from tests.benchmarks.asking import CONNECTIONS, Asker
from tests.benchmarks.report import Line, at_least, at_most, milliseconds, quantile
from tests.benchmarks.stage import Stage
from tests.benchmarks.wire import TESTS, Wire

RATE, LATE = 1500, 100.0
WAIT_SECONDS = 0.02


async def measure(stage: Stage, body: bytes, seconds: float) -> list[Line]:
    """Poll the test that was started last; the next one starts when it has ended."""
    asker = await asking.start(stage, seconds)
    before = cpu.used(stage)
    lasted = await _keep_testing(stage.new_wire(), body, asker)
    durations = await asker.durations()
    used = cpu.used(stage).since(before)
    busy = f"{CONNECTIONS} connections, while tests run"
    return [
        at_least(f"status polls, {busy}", len(durations) / seconds, RATE, "requests/s"),
        at_most("- p99 of a poll", 1000 * quantile(durations, 0.99), LATE, "ms"),
        Line("- processor time per poll, tests included, µs", used.words(len(durations))),
        Line("- a test meanwhile", milliseconds(lasted)),
    ]


async def _keep_testing(wire: Wire, body: bytes, asker: Asker) -> list[float]:
    """Start tests and have them polled as long as the asker asks; returns how long they took."""
    lasted, loop = [], asyncio.get_running_loop()
    while not asker.done():
        started = loop.time()
        test_id = (await asyncio.to_thread(wire.call, "POST", TESTS, body))["result"]["id"]
        if not asker.done():
            asker.tell([("GET", f"{wire.prefix}{TESTS}/{test_id}", "")])
        while (await asyncio.to_thread(_status, wire, test_id)) == "processing":
            await asyncio.sleep(WAIT_SECONDS)
        lasted.append(loop.time() - started)
    return lasted


def _status(wire: Wire, test_id: str) -> str:
    return str(wire.call("GET", f"{TESTS}/{test_id}")["result"]["status"])
