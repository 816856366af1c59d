"""Queries that run once for each page, batch or chunk find their rows by an index, in tables of some size.

Whether the tables were analysed or not: after a first import nobody has done so yet.
"""

from uuid import uuid4

import pytest

from shared.directory.identity import Group, Identity
from shared.store import accounts, pool, postings, results, sweeps, users
from tests.directory.scratch import record
from tests.store.account import Account
from tests.store.plans import IN_VAIN, STATISTICS, by_index, kinds, nodes, read_in_vain

SIZE = 20_000
EVERYBODY = [f"u{number}@a.example" for number in range(SIZE)]


@pytest.fixture(scope="module", params=STATISTICS.values(), ids=STATISTICS)
async def large(migrated, request):
    """An account of 20,000 users, each in a group of its own."""
    before, after = request.param
    connection = await pool.connect(migrated)
    await connection.execute(before)
    account = Account(connection, await accounts.create_account(connection, "large", 16))
    groups = [Identity(groups=[Group(name=address)]) for address in EVERYBODY]
    await account.write(*map(record, EVERYBODY, groups))
    await account.fold()
    await account.write(*map(record, EVERYBODY[:2000]))
    await account.fold()
    await connection.execute(after)
    yield account
    await connection.close()


TERMS = [("group_name", address) for address in EVERYBODY[5000:5020]] + [("live", "")]
QUERIES = {
    "a page of people": (users.SQL["people"], 1, [*range(100, 125)]),
    "a large page of people": (users.SQL["people"], 2, [*range(1000, 2000)]),
    "a part of a test's results": (results.SQL["people"], 2, 4096, 8191),
    "a small batch": (users.SQL["matching"], [uuid4() for _ in range(100)], EVERYBODY[:100]),
    "addresses that a plan names": (users.SQL["ordinals"], 1, EVERYBODY[:50]),
    "users that a plan names": (users.SQL["ordinals_by_id"], 1, [uuid4() for _ in range(50)]),
    "users who change": (users.SQL["end"], 3, [*range(100)]),
    "postings of a plan": (
        postings.SQL["fetch"],
        *(1, 0, 7, [attribute for attribute, _ in TERMS], [value for _, value in TERMS]),
    ),
    "users that nobody needs": (sweeps.SQL["collect_users"], 2, 2000),
    "postings that nobody needs": (sweeps.SQL["collect_postings"], 2, 2000),
    "postings that change": (
        postings.SQL["current"],
        *([attribute for attribute, _ in TERMS], [value for _, value in TERMS], [0] * len(TERMS)),
    ),
    "postings that end": (
        postings.SQL["end"],
        *(3, [attribute for attribute, _ in TERMS], [value for _, value in TERMS], [0] * len(TERMS)),
    ),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_rows_are_found_by_an_index_and_few_are_read_in_vain(large, name):
    found = await nodes(large, *QUERIES[name])
    assert "Seq Scan" not in kinds(found)
    assert by_index(found)
    assert read_in_vain(found) < IN_VAIN
