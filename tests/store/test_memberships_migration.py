"""Directories that were there before groups were indexed: the migration does what writers do."""

from random import Random

import pytest

from shared.store import accounts, groups, migrate, pool
from shared.store.people import directory
from tests.directory.scratch import record
from tests.store.account import Account

NAMES = ["staff", "#1", "n" * 120, "n" * 121, "\U0001f600" * 1024, "ß", "a'b\\"]
MIGRATION = next(each for each in migrate.migrations() if each.name.startswith("0009"))
FILLING = MIGRATION.text.partition("-- What writers do from now on")[2].partition("\n")[2]


@pytest.fixture
async def alone(empty_databases):
    """A connection to a database of its own."""
    dsn = await empty_databases()
    await migrate.migrate(dsn)
    connection = await pool.connect(dsn, command_seconds=60)
    yield connection
    await connection.close()


async def unmade(connection):
    """Make the database one from before."""
    await connection.execute("DELETE FROM posting WHERE attribute = 'membership'")
    await connection.execute("DELETE FROM posting_change WHERE attribute = 'membership'")
    await connection.execute("DELETE FROM directory_group")


async def filled(connection):
    async with connection.transaction():
        await connection.execute(FILLING)


async def named(account):
    return {each.name for each in await groups.page(account.connection, account.id, 0, 100)}


@pytest.mark.parametrize("folded", [True, False])
async def test_what_was_there_is_as_if_it_were_written_now(alone, folded):
    source, made = Random(1), []
    for bits in (4, 10):
        account = Account(alone, await accounts.create_account(alone, "old", bits))
        for _ in range(2):
            some = [f"u{source.randrange(300)}@a.example" for _ in range(200)]
            await account.write(*(record(each, groups=source.sample(NAMES, 3)) for each in some))
        await account.write(*(record(f"u{number}@a.example", deleted=True) for number in range(50)))
        if folded:
            await account.fold()
        made.append((account, bits))
    wanted = [[await groups.members(alone, each.id, [name], bits) for name in NAMES] for each, bits in made]
    await unmade(alone)
    await filled(alone)
    assert [
        [await groups.members(alone, each.id, [name], bits) for name in NAMES] for each, bits in made
    ] == wanted
    for account, _ in made:
        assert await named(account) == set(NAMES)
        now = await account.fold()
        assert await account.postings(now.version) == await account.built(now.version, bits=now.segment_bits)


@pytest.mark.parametrize("number", [1, 4095, 4096, 4097, 65_535, 65_536])
async def test_bitmaps_of_every_size_are_what_they_should_be(alone, number):
    account = Account(alone, await accounts.create_account(alone, "old", 16))
    await account.write(record("u0@a.example"))
    users = """
        INSERT INTO users (account_id, ordinal, valid_from, user_id, address, email, name, groups)
        SELECT $1, number, 1, gen_random_uuid(), 'a' || number, '', '', '["staff"]'
        FROM generate_series(65536, 131071) AS number ORDER BY md5(number::text) LIMIT $2
    """
    await alone.execute(users, account.id, number)
    await filled(alone)
    found = await groups.members(alone, account.id, ["staff"], 16)
    wanted = [
        row[0] - 65_536 for row in await alone.fetch("SELECT ordinal FROM users WHERE ordinal > 0 ORDER BY 1")
    ]
    assert list(found[1]) == wanted


async def test_what_is_written_after_builds_on_it(alone):
    account = Account(alone, await accounts.create_account(alone, "old", 4))
    await account.write(*(record(f"u{number}@a.example", groups=["staff"]) for number in range(20)))
    await account.fold()
    await unmade(alone)
    await filled(alone)
    await account.write(record("u3@a.example"), record("v@a.example", groups=["staff"]))
    now = await account.fold()
    assert await account.postings(now.version) == await account.built(now.version)


async def test_a_directory_without_groups_stays_as_it_is(alone):
    account = Account(alone, await accounts.create_account(alone, "old", 4))
    await account.write(record("u@a.example"))
    before = await directory(alone, account.id)
    await filled(alone)
    assert await directory(alone, account.id) == before
    assert await named(account) == set()
