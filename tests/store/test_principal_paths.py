"""Principals are found by an index among many, whatever PostgreSQL knows, or believes, of the tables."""

from random import Random
from uuid import UUID

import pytest

from shared.store import accounts, departures, groups, pool, principals, profiles
from shared.store.migrate import migrate
from tests.directory.scratch import record
from tests.store.account import Account
from tests.store.plans import IN_VAIN, by_index, forget, nodes, read_in_vain

SIZE = 20_000
NUMBERS = range(1, 1001)
RANDOM = Random(1)
EVERY_ID = [UUID(int=RANDOM.getrandbits(128), version=4) for _ in range(SIZE + 1)]
IDS = EVERY_ID[1:1001]
TABLES = ("users", "profile", "directory_group", "posting")
# What is known: all of it, nothing, or what was so when there was next to nothing.
LONG_AGO = "UPDATE pg_class SET reltuples = 30, relpages = 1 WHERE relname = ANY ($1::text[])"
PROFILES = """
    INSERT INTO profile (account_id, user_id, login, folded, document,
        created_at, created_by, modified_at, modified_by)
    SELECT account_id, user_id, 'l' || ordinal, 'l' || ordinal, '{}', now(), '', now(), '' FROM users
    WHERE account_id = $1
"""


@pytest.fixture(scope="module")
async def filled(empty_databases):
    """20,000 users with profiles, half of them in a group of their own."""
    dsn = await empty_databases()
    await migrate(dsn)
    connection = await pool.connect(dsn, command_seconds=60)
    account = Account(connection, await accounts.create_account(connection, "large", 16))
    await account.write(
        *(
            record(
                f"u{number}@a.example",
                number=EVERY_ID[number].int,
                groups=["all", f"g{number}"][: 1 + number % 2],
            )
            for number in range(1, SIZE + 1)
        )
    )
    await account.fold()
    await connection.execute(PROFILES, account.id)
    yield account
    await connection.close()


@pytest.fixture(scope="module", params=["never analysed", "long ago", "analysed"])
async def large(filled, request):
    if request.param == "analysed":
        await filled.connection.execute("ANALYZE")
    else:
        await filled.connection.execute(forget(*TABLES))
        if request.param == "long ago":
            await filled.connection.execute(LONG_AGO, TABLES)
    return filled


ADDRESSES = [f"u{number}@a.example" for number in NUMBERS]
LOGINS = [f"l{number}" for number in NUMBERS]
NAMES = [f"g{number}" for number in NUMBERS]
QUERIES = {
    "users by id": (principals.SQL["users"], IDS, [], []),
    "users by login name": (principals.SQL["users"], [], LOGINS, []),
    "groups by name": (principals.SQL["groups"], NAMES, NAMES),
    "memberships": (principals.SQL["memberships"], IDS),
    "people by id": (profiles.SQL["by_id"], IDS),
    "a page of people": (profiles.SQL["by_ordinal"], 1, [*NUMBERS]),
    "records of members": (groups.SQL["records"], 1, [*NUMBERS]),
    "ids of groups": (groups.SQL["named"], NAMES),
    "groups": (groups.SQL["several"], NAMES),
    "a page of groups": (groups.SQL["page"], 100, 100),
    "members of a group": (groups.SQL["members"], NAMES[:100]),
    "names that are known": (groups.SQL["introduce"], NAMES, NAMES),
    "what is kept of those who go": (
        departures.SQL["traces"],
        [UUID(int=-number % 2**128) for number in NUMBERS],
        [""],
    ),
    "profiles of those who go": (departures.SQL["profiles"], IDS),
}


async def test_users_are_found_by_address(filled):
    await filled.connection.execute("ANALYZE")
    found = await nodes(filled, principals.SQL["users"], [], [], ADDRESSES)
    assert read_in_vain(found) < IN_VAIN


@pytest.mark.parametrize("name", QUERIES)
async def test_few_rows_are_read_in_vain(large, name):
    found = await nodes(large, *QUERIES[name])
    assert by_index(found)
    assert read_in_vain(found) < IN_VAIN


async def test_many_are_found_in_every_way(large):
    given = [*map(str, IDS), *LOGINS, *NAMES]
    found = await principals.find(large.connection, large.id, given)
    assert len(found) == len(given) - len(NAMES) // 2
