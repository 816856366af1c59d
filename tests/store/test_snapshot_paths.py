"""Whoever reads a whole account finds names and members by an index, whether analysed or not."""

import pytest

from shared.store import accounts, pool, selections, snapshots
from shared.store.migrate import migrate
from tests.directory.scratch import record
from tests.store.account import Account
from tests.store.test_access_paths import nodes, read_in_vain

SIZE = 5_000
IN_VAIN = 3_000
FILL = """
    INSERT INTO directory_group (account_id, group_id, name, document,
        created_at, created_by, modified_at, modified_by)
    SELECT $1, 'g' || number, 'g' || number, '{}', now(), '', now(), ''
    FROM generate_series(1, 5000) AS number
""", """
    INSERT INTO group_nesting
    SELECT $1, 'g' || number, 'g' || number + 1 FROM generate_series(1, 4999) AS number
""", """
    INSERT INTO team (account_id, team_id, container_kind, container_id, team_key, group_id, role_keys,
        document, created_at, created_by, modified_at, modified_by)
    SELECT $1, 't' || number, 'stack', 's', 't' || number, 'g' || number, '{}', '{}', now(), '', now(), ''
    FROM generate_series(1, 5000) AS number
""", """
    INSERT INTO access_policy SELECT $1, 'p' || number, '{}', 2, 1, now(), '', now(), ''
    FROM generate_series(1, 5000) AS number
""", """
    INSERT INTO assignment
    SELECT $1, 'p' || number, kind, CASE kind
        WHEN 'user' THEN lpad(to_hex(number), 32, '0')::uuid::text ELSE left(kind, 1) || number END, now()
    FROM generate_series(1, 5000) AS number, unnest(ARRAY['user', 'group', 'team']) AS kind
""", """
    INSERT INTO authority_grant
    SELECT $1, kind || number, 'node://p/' || number, kind, CASE kind
        WHEN 'user' THEN lpad(to_hex(number), 32, '0')::uuid::text ELSE left(kind, 1) || number END,
        'owner', now()
    FROM generate_series(1, 5000) AS number, unnest(ARRAY['user', 'group']) AS kind
"""  # fmt: skip
TABLES = (
    "users",
    "directory_group",
    "group_nesting",
    "team",
    "access_policy",
    "assignment",
    "authority_grant",
)
WHICH = ", ".join(f"'{table}'::regclass" for table in TABLES)
FORGET = f"""
    WITH forgotten AS (DELETE FROM pg_statistic WHERE starelid IN ({WHICH}))
    UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid IN ({WHICH})
"""


@pytest.fixture(scope="module")
async def filled(empty_databases):
    dsn = await empty_databases()
    await migrate(dsn)
    connection = await pool.connect(dsn)
    account = Account(connection, await accounts.create_account(connection, "large", 16))
    await account.write(*(record(f"u{number}@a.example", number=number) for number in range(1, SIZE + 1)))
    for query in FILL:
        await connection.execute(query, account.id)
    yield account
    await connection.close()


@pytest.fixture(scope="module", params=["never analysed", "analysed"])
async def large(filled, request):
    await filled.connection.execute("ANALYZE" if request.param == "analysed" else FORGET)
    return filled


QUERIES = {
    "all groups": (snapshots.SQL["groups"], None),
    "all assignments": (snapshots.SQL["assignments"], None),
    "all grants": (snapshots.SQL["grants"], None),
    "all groups of teams": (snapshots.SQL["crowds"], None),
    "members": (snapshots.SQL["members"], 1, [*range(SIZE)]),
    "a policy": (selections.SQL["policy"], "p7"),
    "groups of its teams": (selections.SQL["team_groups"], [f"t{number}" for number in range(1000)]),
    "who holds it": (selections.SQL["holders"], "p7"),
    "what is granted on it": (selections.SQL["granted"], "node://p/7"),
    "nested groups": (selections.SQL["nested"], ["g1"]),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_few_rows_are_read_in_vain(large, name):
    found = await nodes(large, *QUERIES[name])
    assert sum(map(read_in_vain, found)) < IN_VAIN
