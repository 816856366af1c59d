"""A database that no worker looks at, and empty accounts in it."""

from urllib.parse import urlsplit

import pytest

from services.worker.memory import PinnedTests, PostingMemory
from services.worker.work import Work
from shared.process.settings import load
from shared.queue.hints import Hints
from shared.store import accounts, pool
from shared.store.migrate import migrate
from shared.vault.vault import Vault
from tests.store.account import BITS
from tests.transfer.bringing import Bringer

NAME = "transfers"


@pytest.fixture(scope="session")
async def scratch(database):
    """The DSN of a database with the schema and nothing else."""
    connection = await pool.connect(database)
    await connection.execute(f"CREATE DATABASE {NAME}")
    await connection.close()
    dsn = urlsplit(database)._replace(path=f"/{NAME}").geturl()
    await migrate(dsn)
    return dsn


@pytest.fixture(scope="session")
async def connection(scratch):
    connection = await pool.connect(scratch)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
def new_account(connection):
    """Makes an account that has nothing."""

    async def make():
        return await accounts.create_account(connection, "test", BITS)

    return make


@pytest.fixture(scope="session")
async def bringer(scratch, running):
    settings = load({"DATABASE_URL": scratch, "REDIS_URL": running[1].url})
    database, hints = await pool.open_pool(scratch, 4, "test"), Hints(running[1].url)
    work = Work(settings, database, hints, PostingMemory(1 << 20), PinnedTests(), Vault(settings, database))
    yield Bringer(work)
    await hints.close()
    await pool.close(database)
