"""A database that no worker looks at, and accounts in it."""

from itertools import count
from urllib.parse import urlsplit

import pytest

from shared.store import accounts, pool
from shared.store.migrate import migrate
from tests.store.account import BITS, Account

NUMBERS = count(1)


@pytest.fixture(scope="session")
async def empty_databases(database):
    """Makes empty databases: each call returns the DSN of another."""
    connection = await pool.connect(database)

    async def make():
        name = f"store_{next(NUMBERS)}"
        await connection.execute(f"CREATE DATABASE {name}")
        return urlsplit(database)._replace(path=f"/{name}").geturl()

    yield make
    await connection.close()


@pytest.fixture(scope="session")
async def migrated(empty_databases):
    dsn = await empty_databases()
    await migrate(dsn)
    return dsn


@pytest.fixture
async def connection(migrated):
    connection = await pool.connect(migrated)
    yield connection
    await connection.close()


@pytest.fixture
async def account(connection):
    return Account(connection, await accounts.create_account(connection, "test", BITS))
