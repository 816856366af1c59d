"""Servers and a gateway that can be broken, and workers that are started again whenever they die."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple, Self
from uuid import UUID

from redis.asyncio import Redis

from services.standalone.postgres import Postgres
from services.standalone.valkey import Valkey
from shared.queue.connection import connect
from shared.wire.jobs import QUEUES, Hint, Kind, Queue, pack
from tests.faults.population import Person, lines
from tests.stack import Client, Process, Service, account_id, servers

SLOW = "tests.faults.slow_worker"
DELIVERIES = 3
SETTINGS = {"GATEHOUSE_RUNNING_TESTS": "1000"}


class Site(NamedTuple):
    """A whole installation, of which each part can be broken."""

    postgres: Postgres
    valkey: Valkey
    service: Service

    async def populated(self, those: Iterable[Person]) -> Client:
        """An account with some users, in segments of sixteen. Needs a worker."""
        client = await self.service.tenant(segment_bits=4)
        those = list(those)
        status = await client.imported(lines(those))
        assert (status["status"], status["users_created"]) == ("complete", len(those)), status
        return client

    async def flush(self) -> None:
        """Empty Redis."""
        async with Redis.from_url(self.valkey.url) as redis:
            await redis.flushall()


@asynccontextmanager
async def site(folder: Path, **environment: str) -> AsyncIterator[Site]:
    """Servers of one's own and a gateway; workers come with a Fleet."""
    async with servers(folder) as (postgres, valkey):
        service = Service(postgres.dsn, valkey.url, folder, **{**SETTINGS, **environment})
        await service.start(workers=0)
        try:
            yield Site(postgres, valkey, service)
        finally:
            await service.stop()


NUMBERS = count(1)


class Fleet:
    """Workers, each followed by another when it dies, until the fleet is left; `deaths` counts them."""

    def __init__(self, service: Service, module: str = SLOW, size: int = 2, **environment: str) -> None:
        self.deaths = self.kills = 0
        self._number = next(NUMBERS)
        self._module, self._size, self._folder = module, size, service.folder
        self._environment = {**service.environment, **environment}
        self._stopping = False
        self._processes: list[Process] = []
        self._keepers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._keepers = [asyncio.create_task(self._keep()) for _ in range(self._size)]
        async with asyncio.timeout(60):
            while len(self.ready) < self._size:
                await asyncio.sleep(0.02)
        return self

    async def _keep(self) -> None:
        while not self._stopping:
            log = self._folder / f"{self._module}-{self._number}-{len(self._processes)}.log"
            log.touch()
            process = Process(self._module, self._environment, log)
            self._processes.append(process)
            await process.start()
            assert process.process is not None
            await process.process.wait()
            self.deaths += not self._stopping

    @property
    def alive(self) -> list[Process]:
        return [each for each in self._processes if each.process and each.process.returncode is None]

    @property
    def ready(self) -> list[Process]:
        """Those that have come so far as to work."""
        return [each for each in self.alive if '"worker ready"' in each.log.read_text()]

    def _signal(self, process: Process, number: signal.Signals) -> None:
        assert process.process is not None
        process.process.send_signal(number)

    def kill(self, process: Process) -> None:
        """End one at once, as a power cut would."""
        self.kills += 1
        self._signal(process, signal.SIGKILL)

    def end(self, process: Process) -> None:
        """Tell one to end in peace."""
        self._signal(process, signal.SIGTERM)

    def stopped(self) -> list[Process]:
        """Those that are stopped, by a signal."""
        return [each for each in self.ready if each.process and _state(each.process.pid) == "T"]

    def stop(self, process: Process) -> None:
        self._signal(process, signal.SIGSTOP)

    def go_on(self, process: Process) -> None:
        self._signal(process, signal.SIGCONT)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Nobody works until the block ends."""
        held = self.ready
        for process in held:
            self.stop(process)
        try:
            yield
        finally:
            for process in held:
                self.go_on(process)

    async def kill_at_random(self, chance: random.Random, most: int) -> None:
        """Kill one that works every now and then, so many times at most."""
        while self.kills < most:
            await asyncio.sleep(chance.uniform(0.3, 1.0))
            if self.ready:
                self.kill(chance.choice(self.ready))

    async def __aexit__(self, *_: object) -> None:
        self._stopping = True
        everybody = asyncio.gather(*self._keepers)
        for number in [*[signal.SIGTERM] * 60, signal.SIGKILL]:
            for process in self.alive:
                self._signal(process, number)
                self._signal(process, signal.SIGCONT)
            done, _ = await asyncio.wait({everybody}, timeout=0.2)
            if done:
                break
        await everybody

    def log(self) -> str:
        """What they all have logged."""
        return "".join(process.log.read_text() for process in self._processes)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def chance(name: str) -> random.Random:
    """Random numbers of a test: FAULTS_SEED, or 1, makes them; a failure prints it."""
    seed = os.environ.get("FAULTS_SEED", "1")
    print(f"FAULTS_SEED={seed}")
    return random.Random(f"{name} {seed}")


async def deliver(service: Service, hints: Iterable[Hint], first: int = 1000) -> None:
    """Put each hint on its queue three times, each time under another job id."""
    redis = connect(service.environment["REDIS_URL"], retries=3)
    repeated = [
        Hint(each.kind, each.account, each.subject, each.number, first + n)
        for each in hints
        for n in range(DELIVERIES)
    ]
    try:
        for hint in repeated:
            queue = QUEUES[hint.kind].value
            await redis.enqueue_job(hint.kind.value, pack(hint), _job_id=hint.job_id, _queue_name=queue)
    finally:
        await redis.aclose(close_connection_pool=True)


async def consumed(service: Service, seconds: float = 20) -> None:
    """Return once no hint is left on any queue."""
    async with asyncio.timeout(seconds), Redis.from_url(service.environment["REDIS_URL"]) as redis:
        prefixes = tuple(f"{kind.value}:".encode() for kind in Kind)
        while True:
            jobs = [job for queue in Queue for job in await redis.zrange(queue.value, 0, -1)]
            if not any(job.startswith(prefixes) for job in jobs):
                return
            await asyncio.sleep(0.05)


async def chunk_hints(service: Service, client: Client, test_id: str) -> list[Hint]:
    """A hint for each chunk of a test, once it has chunks."""
    account, test = account_id(client), UUID(test_id)
    query = "SELECT number FROM policy_test_chunk WHERE account_id = $1 AND test_id = $2"
    connection = await service.connect()
    try:
        async with asyncio.timeout(20):
            while not (rows := await connection.fetch(query, account, test)):
                await asyncio.sleep(0.02)
    finally:
        await connection.close()
    return [Hint(Kind.EVALUATE, account, test, row["number"]) for row in rows]
