"""Status polls from many connections while tests run one after another."""

import asyncio
import json
import sys
from urllib.parse import urlsplit

from tests.benchmarks import cpu
from tests.benchmarks.report import Line, at_least, at_most, milliseconds, quantile
from tests.benchmarks.stage import Stage
from tests.benchmarks.wire import TESTS, Wire
from tests.stack import ROOT

CONNECTIONS, RATE, LATE = 64, 1500, 100.0
WAIT_SECONDS = 0.02


async def measure(stage: Stage, body: bytes, seconds: float) -> list[Line]:
    """Poll the test that was started last; the next one starts when it has ended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.poller"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 26,
    )
    assert process.stdin is not None
    where = urlsplit(stage.service.url)
    asked = {
        "host": where.hostname,
        "port": where.port,
        "path": f"/accounts/{stage.service.account}{TESTS}",
        "token": stage.service.token,
        "seconds": seconds,
        "connections": CONNECTIONS,
    }
    process.stdin.write(json.dumps(asked).encode() + b"\n")
    assert process.stdout is not None
    before = cpu.used(stage)
    reading = asyncio.create_task(process.stdout.readline())
    lasted = await _keep_testing(stage.new_wire(), body, process.stdin, reading)
    durations = json.loads(reading.result())
    used = cpu.used(stage).since(before)
    await process.wait()
    busy = f"{CONNECTIONS} connections, while tests run"
    return [
        at_least(f"status polls, {busy}", len(durations) / seconds, RATE, "requests/s"),
        at_most("- p99 of a poll", 1000 * quantile(durations, 0.99), LATE, "ms"),
        Line("- processor time per poll, tests included, µs", used.words(len(durations))),
        Line("- a test meanwhile", milliseconds(lasted)),
    ]


async def _keep_testing(
    wire: Wire, body: bytes, ids: asyncio.StreamWriter, reading: "asyncio.Task[bytes]"
) -> list[float]:
    """Start tests and tell their ids until the poller has written its line; returns how long they took."""
    lasted, loop = [], asyncio.get_running_loop()
    while not reading.done():
        started = loop.time()
        test_id = (await asyncio.to_thread(wire.call, "POST", TESTS, body))["result"]["id"]
        if not reading.done():
            ids.write(f"{test_id}\n".encode())
        while (await asyncio.to_thread(_status, wire, test_id)) == "processing":
            await asyncio.sleep(WAIT_SECONDS)
        lasted.append(loop.time() - started)
    ids.close()
    return lasted


def _status(wire: Wire, test_id: str) -> str:
    return str(wire.call("GET", f"{TESTS}/{test_id}")["result"]["status"])
