"""The command as a process, and a server that answers whatever a test says."""

import asyncio
import functools
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.stack import Client

ROOT = Path(__file__).parents[2]
ACCOUNT = "0" * 31 + "1"
TOKEN = "gate_abcdefghijkl_secret_secret"


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Awaitable[Ended]]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """No settings of whoever runs the tests."""
    home = tmp_path_factory.mktemp("home")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GATEHOUSE_", "XDG_"))}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "200", "PYTHONUTF8": "1"}


async def start(
    environment: dict[str, str], *arguments: str, err: int = asyncio.subprocess.PIPE
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.cli", *arguments),
        cwd=ROOT,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=err,
    )


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    async def ran(*arguments: str, stdin: bytes = b"", **settings: str) -> Ended:
        process = await start({**environment, **settings}, *arguments)
        out, err = await asyncio.wait_for(process.communicate(stdin), 60)
        return Ended(process.returncode or 0, out.decode(), err.decode())

    return ran


class Odd:
    """A server whose answers are given in order; the last one is repeated."""

    def __init__(self) -> None:
        self.answers: list[web.Response | None] = []
        self.asked: list[web.Request] = []
        self.came = asyncio.Condition()
        self.url = ""
        self.hasty = False

    def says(self, *bodies: object, status: int = 200, **headers: str) -> None:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers += [web.json_response(body, status=status, headers=fields) for body in bodies]

    def drops(self) -> None:
        self.answers.append(None)

    async def was_asked(self, times: int) -> None:
        async with asyncio.timeout(20), self.came:
            await self.came.wait_for(lambda: len(self.asked) >= times)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        async with self.came:
            self.asked.append(request)
            self.came.notify_all()
        if not self.hasty:
            await request.read()
        kept = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if kept is None:
            request.transport.abort()
            return web.Response()
        return web.Response(body=kept.body, status=kept.status, headers=kept.headers)


@pytest.fixture
async def odd() -> AsyncIterator[Odd]:
    server, app = Odd(), web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    async with TestServer(app) as running:
        server.url = str(running.make_url("")).rstrip("/")
        yield server


@pytest.fixture
def spoken_to(odd: Odd) -> dict[str, str]:
    return {"GATEHOUSE_URL": odd.url, "GATEHOUSE_ACCOUNT": ACCOUNT, "GATEHOUSE_TOKEN": TOKEN}


@pytest.fixture
def begin(environment: dict[str, str], spoken_to: dict[str, str]) -> Callable[..., Awaitable]:
    return functools.partial(start, {**environment, **spoken_to})


@pytest.fixture
def ask(run: Run, spoken_to: dict[str, str]) -> Run:
    async def asked(*arguments: str, stdin: bytes = b"") -> Ended:
        ended = await run(*arguments, stdin=stdin, **spoken_to)
        assert TOKEN not in ended.out + ended.err
        return ended

    return asked


@pytest.fixture
def whom() -> Callable[[Client], dict[str, str]]:
    """The settings with which the command is a client."""
    return lambda client: {
        "GATEHOUSE_URL": client.url,
        "GATEHOUSE_ACCOUNT": client.account,
        "GATEHOUSE_TOKEN": client.token,
    }


@pytest.fixture
def gatehouse(run: Run, client: Client, whom: Callable[[Client], dict[str, str]]) -> Run:
    """The command on an account of its own at a live gateway."""

    async def ran(*arguments: str, stdin: bytes = b"") -> Ended:
        ended = await run(*arguments, stdin=stdin, **whom(client))
        assert client.token not in ended.out + ended.err
        return ended

    return ran


@pytest.fixture
def policies(tmp_path: Path) -> str:
    file = tmp_path / "policies.json"
    file.write_text('[{"name": "All", "decision": "allow", "include": [{"everyone": {}}]}]')
    return str(file)
