"""A process that asks over many connections at once, and what comes of it."""

import asyncio
import json
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

from tests.benchmarks.stage import Stage
from tests.stack import ROOT

CONNECTIONS = 64
Request = tuple[str, str, str]
"""Method, path, body."""


class Asker:
    """Such a process: told what to ask from now on, it says in the end how long each answer took."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        assert process.stdout is not None
        self._answer = asyncio.create_task(process.stdout.readline())

    def tell(self, requests: Sequence[Request]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(requests).encode() + b"\n")

    def done(self) -> bool:
        return self._answer.done()

    async def durations(self) -> list[float]:
        """Seconds of each answer, once the time is over."""
        line = await self._answer
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        return json.loads(line)


async def start(stage: Stage, seconds: float) -> Asker:
    """An asker for so many seconds from what it is told first."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.asker"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 26,
    )
    where = urlsplit(stage.service.url)
    head = {
        "host": where.hostname,
        "port": where.port,
        "token": stage.service.token,
        "seconds": seconds,
        "connections": CONNECTIONS,
    }
    assert process.stdin is not None
    process.stdin.write(json.dumps(head).encode() + b"\n")
    return Asker(process)
