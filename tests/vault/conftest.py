"""A database with the schema, and a vault that keeps archives in it."""

from itertools import count

import pytest

from shared.process.settings import load
from shared.store import accounts, pool
from shared.vault.vault import Vault
from tests.vault.keeping import Keeper

NUMBERS = count(1)


@pytest.fixture(scope="session")
async def pooled(database):
    connections = await pool.open_pool(database, 4, "vault-test")
    yield connections
    await pool.close(connections)


@pytest.fixture(params=["database:"])
def place(request):
    return request.param


@pytest.fixture
async def keeper(pooled, database, place):
    """An account of its own, and a vault for it."""
    settings = load(
        {
            "DATABASE_URL": database,
            "REDIS_URL": "redis://unused",
            "GATEHOUSE_ARCHIVES_URL": place,
            "GATEHOUSE_ARCHIVES_BYTES": str(1 << 26),
        }
    )
    async with pool.acquire(pooled) as connection:
        account = await accounts.create_account(connection, "test", 4)
    return Keeper(Vault(settings, pooled), pooled, account)
