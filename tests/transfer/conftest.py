"""A database that no worker looks at, and empty accounts in it."""

from urllib.parse import urlsplit

import pytest

from shared.store import accounts, pool
from shared.store.migrate import migrate
from tests.store.account import BITS

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
