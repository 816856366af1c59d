"""What an archive is about is found by an index among many, whether analysed or not."""

from uuid import UUID, uuid4

import pytest

from shared.store import accounts, arrivals, pool
from shared.store.migrate import migrate
from tests.store.account import Account
from tests.store.test_access_paths import nodes, read_in_vain
from tests.store.test_grant_paths import FILL as KEPT
from tests.store.test_missing_ids import FILL as PEOPLE

IN_VAIN = 3_000
TABLES = "'users'::regclass, 'registered_resource'::regclass, 'team'::regclass"
FORGET = f"""
    WITH forgotten AS (DELETE FROM pg_statistic WHERE starelid IN ({TABLES}))
    UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid IN ({TABLES})
"""
SOME = range(1000)
QUERIES = {
    "resources by id": (arrivals.SQL["resource_ids"], [f"r{number}" for number in SOME]),
    "teams by id": (arrivals.SQL["teams_by_id"], [f"t{number}" for number in SOME]),
    "teams by place": (
        *(arrivals.SQL["teams_at"], ["stack"] * 1000, ["s"] * 1000),
        [f"t{number}" for number in SOME],
    ),
    "users": (
        *(arrivals.SQL["users"], [UUID(int=number) for number in SOME]),
        [f"u{number}" for number in SOME],
    ),
    "users who are not there": (
        *(arrivals.SQL["users"], [uuid4() for _ in SOME]),
        [f"no{number}" for number in SOME],
    ),
}


@pytest.fixture(scope="module")
async def filled(empty_databases):
    dsn = await empty_databases()
    await migrate(dsn)
    connection = await pool.connect(dsn)
    account = Account(connection, await accounts.create_account(connection, "large", 16))
    for query in KEPT:
        await connection.execute(query, account.id)
    await connection.execute(PEOPLE, account.id, 0)
    yield account
    await connection.close()


@pytest.fixture(scope="module", params=["never analysed", "analysed"])
async def large(filled, request):
    await filled.connection.execute("ANALYZE" if request.param == "analysed" else FORGET)
    return filled


@pytest.mark.parametrize("name", QUERIES)
async def test_few_rows_are_read_in_vain(large, name):
    found = await nodes(large, *QUERIES[name])
    assert not [node for node in found if node["Node Type"] == "Seq Scan"]
    assert sum(map(read_in_vain, found)) < IN_VAIN
