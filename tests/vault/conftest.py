"""Vaults at every kind of place, for an account of its own each."""

from collections.abc import AsyncIterator

import pytest

from shared.process.settings import Settings, load
from shared.store import accounts, pool
from shared.vault.vault import Vault
from tests.vault.bucket import Bucket, bucket
from tests.vault.keeping import Keeper

PLACES = ("database", "file", "s3")


@pytest.fixture(scope="session")
async def pooled(database: str) -> AsyncIterator[pool.Pool]:
    connections = await pool.open_pool(database, 4, "vault-test")
    yield connections
    await pool.close(connections)


@pytest.fixture(scope="session")
async def bucketed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bucket]:
    async with bucket(tmp_path_factory.mktemp("s3")) as opened:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in opened.environment.items():
                patch.setenv(name, value)
            yield opened


@pytest.fixture(params=PLACES)
def url(request: pytest.FixtureRequest, tmp_path) -> str:
    if request.param == "s3":
        return request.getfixturevalue("bucketed").url
    return "database:" if request.param == "database" else f"file://{tmp_path}/archives"


@pytest.fixture
def settings(database: str, url: str) -> Settings:
    return load(
        {
            "DATABASE_URL": database,
            "REDIS_URL": "redis://unused",
            "GATEHOUSE_ARCHIVES_URL": url,
            "GATEHOUSE_ARCHIVES_BYTES": str(1 << 26),
            "GATEHOUSE_LEASE_SECONDS": "0.25",
        }
    )


@pytest.fixture
async def keeper(pooled: pool.Pool, settings: Settings) -> Keeper:
    async with pool.acquire(pooled) as connection:
        account = await accounts.create_account(connection, "test", 4)
    return Keeper(Vault(settings, pooled), pooled, account)
