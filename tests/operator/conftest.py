"""The operator as a process, on a database of its own."""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from shared.store import pool

ROOT = Path(__file__).parents[2]


class Ended(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def facts(self) -> dict:
        return json.loads(self.out)


Run = Callable[..., Awaitable[Ended]]


@asynccontextmanager
async def beside(database: str) -> AsyncIterator[str]:
    """An empty database beside the one of the other tests."""
    name = f"operator_{secrets.token_hex(4)}"
    connection = await pool.connect(database)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
        yield urlsplit(database)._replace(path=f"/{name}").geturl()
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


@pytest.fixture
async def bare(database: str) -> AsyncIterator[str]:
    """A database without a schema."""
    async with beside(database) as address:
        yield address


@pytest.fixture(scope="session")
async def ready(database: str, run: Run) -> AsyncIterator[str]:
    """A database that is up to date."""
    async with beside(database) as address:
        await run("migrate", DATABASE_URL=address)
        yield address


@pytest.fixture(scope="session")
def run() -> Run:
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("GATEHOUSE_", "DATABASE_"))
    }

    async def ran(*arguments: str, said: str = "", **settings: str) -> Ended:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.operator", *arguments),
            cwd=ROOT,
            env={**kept, **settings},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(said.encode()), 60)
        return Ended(process.returncode or 0, out.decode(), err.decode())

    return ran


@pytest.fixture(scope="session")
def operate(run: Run, ready: str) -> Run:
    async def operated(*arguments: str, said: str = "") -> Ended:
        return await run(*arguments, said=said, DATABASE_URL=ready)

    return operated


@pytest.fixture(scope="session")
async def account(operate: Run) -> str:
    return (await operate("account", "create", "Acme")).out.strip()
