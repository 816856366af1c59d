import asyncio

import pytest

from shared.store import migrate, pool
from shared.store.migrate import MigrationError

NAMES = [migration.name for migration in migrate.migrations()]


@pytest.fixture
async def altered(empty_databases):
    """Alters what a migrated database says of its migrations; returns its DSN."""
    dsn = await empty_databases()
    await migrate.migrate(dsn)

    async def alter(query, *values):
        connection = await pool.connect(dsn)
        await connection.execute(query, *values)
        await connection.close()
        return dsn

    return alter


async def test_migrating_again_does_nothing(empty_databases):
    dsn = await empty_databases()
    assert [await migrate.migrate(dsn), await migrate.migrate(dsn)] == [NAMES, []]


async def test_several_at_once_apply_each_migration_once(empty_databases):
    dsn = await empty_databases()
    applied = await asyncio.gather(*(migrate.migrate(dsn) for _ in range(4)))
    assert sorted(applied) == [[], [], [], NAMES]


async def test_a_migration_that_was_altered_is_refused(altered):
    dsn = await altered("UPDATE schema_migration SET checksum = 'x' WHERE name = $1", NAMES[0])
    with pytest.raises(MigrationError, match=f"`{NAMES[0]}` was applied with another text"):
        await migrate.migrate(dsn)


async def test_a_newer_database_is_refused(altered):
    dsn = await altered("INSERT INTO schema_migration (name, checksum) VALUES ('9999_future.sql', 'x')")
    with pytest.raises(MigrationError, match=r"`9999_future\.sql`, which is newer"):
        await migrate.migrate(dsn)


async def test_an_empty_database_has_everything_pending(empty_databases):
    connection = await pool.connect(await empty_databases())
    assert [migration.name for migration in await migrate.pending(connection)] == NAMES
    await connection.close()


async def test_a_migration_that_fails_leaves_nothing(empty_databases):
    dsn = await empty_databases()
    connection = await pool.connect(dsn)
    await connection.execute("CREATE TABLE posting (something text)")
    with pytest.raises(Exception, match="already exists"):
        await migrate.migrate(dsn)
    assert await connection.fetchval("SELECT to_regclass('users') IS NULL")
    await connection.execute("DROP TABLE posting")
    assert await migrate.migrate(dsn) == NAMES
    await connection.close()
