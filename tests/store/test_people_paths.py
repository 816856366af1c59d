"""Looking users up reads the part of an index that it is about, whether the tables were analysed or not."""

import json
from uuid import UUID

import pytest

from shared.store import people, pool
from shared.store.migrate import migrate

ACCOUNT = UUID(int=1)
# Tables of some size; nothing but their shape counts.
FILL = """
    INSERT INTO users (account_id, ordinal, valid_from, user_id, address, email, name, groups)
    SELECT $1, number, 1, lpad(number::text, 32, '0')::uuid, 'u' || number, 'u' || number, 'n', '[]'
    FROM generate_series(0, 249999) AS number
""", """
    INSERT INTO posting (account_id, attribute, value, segment, valid_from, data)
    SELECT $1, CASE number WHEN 0 THEN 'live' ELSE 'group_name' END, number::text, 0, 1, ''
    FROM generate_series(0, 19999) AS number
""", """
    INSERT INTO posting_change (account_id, attribute, value, key, ordinal, added)
    SELECT $1, CASE number % 20 WHEN 0 THEN 'live' ELSE 'group_name' END, '', '', number, true
    FROM generate_series(0, 19999) AS number
"""  # fmt: skip
# What each query goes through, and what it looks for there beside the account.
PATHS = {
    "live": ("posting_pkey", "value", []),
    "live_changes": ("posting_change_live", "account_id", []),
    "rows": ("users_pkey", "ordinal", [1, [*range(5000, 6000)]]),
    "get": ("users_by_id", "user_id", [UUID(int=5)]),
    "holder": ("users_by_address", "address", ["u5@a.example"]),
    "matches": ("users_pkey", "ordinal", [1, 0, 65_535, None, "é", "É", "é"]),
}


@pytest.fixture(scope="module")
async def filled(empty_databases):
    dsn = await empty_databases()
    await migrate(dsn)
    connection = await pool.connect(dsn)
    for query in FILL:
        await connection.execute(query, ACCOUNT)
    yield connection
    await connection.close()


@pytest.fixture(scope="module", params=["never analysed", "analysed"])
async def large(filled, request):
    if request.param == "analysed":
        await filled.execute("ANALYZE")
    return filled


def leaf(plan):
    """The parts of a plan that look into an index, or read a table without one."""
    found = [each for part in plan.get("Plans", []) for each in leaf(part)]
    return found or ([plan] if "Relation Name" in plan or "Index Name" in plan else [])


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("name", PATHS)
async def test_a_look_up_goes_through_its_index(large, name, mode):
    index, column, values = PATHS[name]
    await large.execute(f"SET plan_cache_mode = {mode}")
    text = await large.fetchval(f"EXPLAIN (FORMAT JSON) {people.SQL[name]}", ACCOUNT, *values)
    (found,) = leaf(json.loads(text)[0]["Plan"])
    assert found.get("Index Name") == index
    assert column in found["Index Cond"]
