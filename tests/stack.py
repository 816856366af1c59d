"""A whole Gatehouse for a test: real servers, real processes, and a small client."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

import aiohttp
import asyncpg

from services.standalone.postgres import Postgres
from services.standalone.valkey import Valkey
from shared.store import accounts, pool, tokens
from shared.store.migrate import migrate
from shared.wire.tokens import SCOPES

ROOT = Path(__file__).parent.parent
QUICK = {"GATEHOUSE_LEASE_SECONDS": "2", "GATEHOUSE_REHINT_SECONDS": "1", "GATEHOUSE_DRAIN_SECONDS": "5"}


class Answer(NamedTuple):
    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def result(self) -> Any:
        assert self.body["success"], self.body
        return self.body["result"]

    @property
    def faults(self) -> list[tuple[str | None, str]]:
        return [(e.get("source", {}).get("pointer"), e["message"]) for e in self.body["errors"]]


class Process:
    """One deployable, started, watched through its log, stopped by its own id."""

    def __init__(self, module: str, environment: dict[str, str], log: Path) -> None:
        self.module, self.log = module, log
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self.module, env=self.environment, stdout=out, stderr=out
            )

    async def event(self, name: str) -> dict[str, Any]:
        """The last line of the log with an event, once it is there."""
        async with asyncio.timeout(30):
            while True:  # a file tells nobody when it grows
                lines = [line for line in self.log.read_text().splitlines() if f'"event": "{name}"' in line]
                if lines:
                    return json.loads(lines[-1])
                assert self.process is not None
                assert self.process.returncode is None, self.log.read_text()
                await asyncio.sleep(0.02)

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), 30)


class Client:
    """HTTP as one account's token holder; `shown` sees every answer that is JSON, with method and path.

    While `held`, no worker does anything.
    """

    held: Callable[[], AbstractContextManager[None]] = nullcontext
    shown: ClassVar[Callable[[str, str, Answer], None]] = staticmethod(lambda *_: None)

    def __init__(self, session: aiohttp.ClientSession, url: str, account: str, token: str) -> None:
        self.session, self.url, self.account, self.token = session, url, account, token

    async def call(self, method: str, path: str, **given: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}", **given.pop("headers", {})}
        url = self.url + path.replace("{a}", f"/accounts/{self.account}")
        async with self.session.request(method, url, headers=headers, **given) as response:
            body = await response.json(content_type=None)
            answer = Answer(response.status, body, dict(response.headers))
        self.shown(method, url.removeprefix(self.url), answer)
        return answer

    async def start(self, *policies: Any, **given: Any) -> Answer:
        return await self.call("POST", "{a}/access/policy-tests", json={"policies": list(policies)}, **given)

    async def status(self, test_id: str) -> Any:
        return (await self.call("GET", f"{{a}}/access/policy-tests/{test_id}")).result

    async def ended(self, test_id: str, seconds: float = 30) -> Any:
        async with asyncio.timeout(seconds):
            while (status := await self.status(test_id))["status"] == "processing":
                await asyncio.sleep(0.02)
        return status

    async def tested(self, *policies: Any) -> Any:
        """The status of a test of these policies, once it has ended."""
        return await self.ended((await self.start(*policies)).result["id"])

    async def users(self, test_id: str, **query: Any) -> list[dict[str, str]]:
        """All of a test's users."""
        rows: list[dict[str, str]] = []
        for page in range(1, 10_000):
            query |= {"page": page, "per_page": 1000}
            answer = await self.call("GET", f"{{a}}/access/policy-tests/{test_id}/users", params=query)
            if not answer.result:
                return rows
            rows += answer.result
        raise AssertionError("the pages do not end")

    async def verdicts(self, test_id: str) -> list[dict[str, str]]:
        """The same without reasons."""
        shown = ("id", "email", "name", "status")
        return [{name: row[name] for name in shown} for row in await self.users(test_id)]

    async def upload(self, data: Any, kind: str = "application/x-ndjson") -> Answer:
        return await self.call("POST", "{a}/directory/imports", data=data, headers={"Content-Type": kind})

    async def imported(self, data: Any, kind: str = "application/x-ndjson", seconds: float = 60) -> Any:
        """The status of an import of this, once it has ended."""
        import_id = (await self.upload(data, kind)).result["id"]
        async with asyncio.timeout(seconds):
            while True:
                status = (await self.call("GET", f"{{a}}/directory/imports/{import_id}")).result
                if status["status"] != "processing":
                    return status
                await asyncio.sleep(0.02)


class Service:
    """Gateway and workers on some servers."""

    def __init__(self, dsn: str, redis_url: str, folder: Path, **environment: str) -> None:
        self.dsn, self.folder = dsn, folder
        self.environment = {
            "DATABASE_URL": dsn,
            "REDIS_URL": redis_url,
            "GATEHOUSE_PORT": "0",
            **QUICK,
            **environment,
        }
        self.workers: list[Process] = []
        self.url = self.account = self.token = ""
        self.session: aiohttp.ClientSession | None = None

    async def start(self, workers: int = 2) -> None:
        self.gateway = Process("services.gateway", self.environment, self.folder / "gateway.log")
        await self.gateway.start()
        for _ in range(workers):
            await self.add_worker()
        self.url = f"http://127.0.0.1:{(await self.gateway.event('gateway ready'))['port']}"
        self.session = aiohttp.ClientSession()
        self.client = await self.tenant()
        self.account, self.token = self.client.account, self.client.token

    async def add_worker(self, module: str = "services.worker") -> Process:
        worker = Process(module, self.environment, self.folder / f"worker{len(self.workers)}.log")
        await worker.start()
        self.workers.append(worker)
        await worker.event("worker ready")
        return worker

    async def tenant(self, *, segment_bits: int = 16, scopes: tuple[str, ...] = SCOPES) -> Client:
        """A client for an account of its own."""
        connection = await pool.connect(self.dsn)
        try:
            account = await accounts.create_account(connection, "test", segment_bits)
            token = await tokens.create_token(connection, account, scopes, "test", None)
        finally:
            await connection.close()
        assert self.session is not None
        client = Client(self.session, self.url, account.hex, token)
        client.held = self.held
        return client

    @contextmanager
    def held(self) -> Iterator[None]:
        """The workers stand still, whatever they are told."""
        held = [each.process for each in self.workers if each.process and each.process.returncode is None]
        for process in held:
            process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for process in held:
                process.send_signal(signal.SIGCONT)

    async def connect(self) -> asyncpg.Connection:
        return await pool.connect(self.dsn)

    async def stop(self) -> None:
        if self.session is not None:
            await self.session.close()
        await asyncio.gather(*(process.end() for process in [self.gateway, *self.workers]))


Servers = tuple[Postgres, Valkey]


@asynccontextmanager
async def servers(folder: Path) -> AsyncIterator[Servers]:
    """A PostgreSQL with the schema and a Redis-protocol server, both gone afterwards."""
    postgres = Postgres(folder / "postgres")
    try:
        async with postgres, Valkey(folder / "valkey", persist=False) as valkey:
            await migrate(postgres.dsn)
            yield postgres, valkey
    finally:
        await postgres.remove()


def account_id(client: Client) -> UUID:
    return UUID(client.account)


def used(service: Service) -> float:
    """Seconds of processor time that the gateway has used."""
    assert service.gateway.process is not None
    fields = Path(f"/proc/{service.gateway.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
