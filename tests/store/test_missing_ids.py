"""Users who are not there cost as little as those who are, however many another account has."""

import json
from uuid import UUID

import pytest

from shared.store import accounts, pool, principals, profiles
from shared.store.migrate import migrate
from tests.store.plans import STATISTICS

SIZE = 20_000
WANTED = 100
PAGES = 12
"""Of memory, for each user who is looked up: the ways down two indexes, and what they lead to."""
FILL = """
    INSERT INTO users (account_id, ordinal, valid_from, user_id, address, email, name, groups)
    SELECT $1, number, 1, lpad(to_hex(number + $2), 32, '0')::uuid, 'u' || number, 'u' || number, 'n', '[]'
    FROM generate_series(0, 19999) AS number
"""
PROFILES = """
    INSERT INTO profile (account_id, user_id, login, folded, document,
        created_at, created_by, modified_at, modified_by)
    SELECT account_id, user_id, 'l' || ordinal, 'l' || ordinal, '{}', now(), '', now(), '' FROM users
    WHERE account_id = $1 AND ordinal < 2000
"""


@pytest.fixture(scope="module", params=STATISTICS.values(), ids=STATISTICS)
async def two(empty_databases, request):
    """A connection and two accounts of 20,000 users; the ids of the second come after those of the first."""
    before, after = request.param
    dsn = await empty_databases()
    await migrate(dsn)
    connection = await pool.connect(dsn)
    await connection.execute(before)
    both = [await accounts.create_account(connection, name, 16) for name in ("first", "second")]
    for number, account in enumerate(both):
        await connection.execute(FILL, account, number * 2 * SIZE)
        await connection.execute(PROFILES, account)
    await connection.execute(after)
    yield connection, both
    await connection.close()


async def pages(connection, query, *values):
    """How many pages a query looks at, once all is in memory."""
    text = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", *values)
    plan = json.loads(text)[0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


BETWEEN = [UUID(int=SIZE + number * 100) for number in range(WANTED)]
THEIRS = [UUID(int=2 * SIZE + number * 100) for number in range(WANTED)]
OURS = [UUID(int=number * 100) for number in range(WANTED)]
QUERIES = {
    "users": (principals.SQL["users"], [[], []]),
    "memberships": (principals.SQL["memberships"], []),
    "people": (profiles.SQL["by_id"], []),
}


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("ids", [BETWEEN, THEIRS, OURS], ids=["nobody's", "another account's", "known"])
async def test_an_id_costs_a_look_whether_there_is_such_a_user_or_not(two, name, ids):
    connection, (first, _) = two
    query, more = QUERIES[name]
    assert await pages(connection, query, first, ids, *more) < PAGES * WANTED


async def test_a_login_name_costs_a_look(two):
    connection, (first, _) = two
    logins = [f"l{number}" for number in range(WANTED)]
    for asked in (logins, ["nobody"] * WANTED):
        assert await pages(connection, principals.SQL["users"], first, [], asked, []) < PAGES * WANTED


async def test_another_accounts_users_are_not_found(two):
    connection, (first, second) = two
    assert await profiles.several(connection, first, THEIRS) == []
    assert len(await profiles.several(connection, second, THEIRS)) == WANTED
    assert await principals.find(connection, first, list(map(str, BETWEEN + THEIRS))) == {}
