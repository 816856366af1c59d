"""Grants, registered resources and teams are found by an index among many, whether analysed or not."""

import pytest

from shared.store import accounts, entitlements, grants, pool, registered_resources, targets
from shared.store.migrate import migrate
from tests.store.account import Account
from tests.store.plans import IN_VAIN, forget, kinds, nodes, read_in_vain

SIZE = 20_000
FILL = """
    INSERT INTO authority_grant (account_id, grant_id, permissioned, holder_kind, holder_id, role, created_at)
    SELECT $1, number::text, 'node://p/' || number / 4, 'user', 'u' || number, 'editor', now()
    FROM generate_series(0, 19999) AS number
""", """
    INSERT INTO registered_resource (account_id, resource_id, reference, document, bytes,
        created_at, created_by, modified_at, modified_by)
    SELECT $1, 'r' || number, 'node://p/' || number, '{}', 2, now(), '', now(), ''
    FROM generate_series(0, 19999) AS number
""", """
    INSERT INTO directory_group (account_id, group_id, name, document,
        created_at, created_by, modified_at, modified_by)
    VALUES ($1, 'g', 'g', '{}', now(), '', now(), '')
""", """
    INSERT INTO team (account_id, team_id, container_kind, container_id, team_key, group_id, role_keys,
        document, created_at, created_by, modified_at, modified_by)
    SELECT $1, 't' || number, 'stack', 's', 't' || number, 'g', '{}', '{}', now(), '', now(), ''
    FROM generate_series(0, 19999) AS number
"""  # fmt: skip
FORGET = forget("authority_grant", "registered_resource", "team")


@pytest.fixture(scope="module")
async def filled(empty_databases):
    dsn = await empty_databases()
    await migrate(dsn)
    connection = await pool.connect(dsn)
    account = Account(connection, await accounts.create_account(connection, "large", 16))
    for query in FILL:
        await connection.execute(query, account.id)
    yield account
    await connection.close()


@pytest.fixture(scope="module", params=["never analysed", "analysed"])
async def large(filled, request):
    await filled.connection.execute("ANALYZE" if request.param == "analysed" else FORGET)
    return filled


REFERENCES = [f"node://p/{number}" for number in range(1000)]
QUERIES = {
    "grants on many resources": (entitlements.SQL["grants"], REFERENCES),
    "grants on one": (grants.SQL["on"], "node://p/7"),
    "a grant": (grants.SQL["grant"], "x", "node://p/7", "user", "u1", "editor"),
    "a revocation": (grants.SQL["revoke"], "node://p/7", "user", "u28", "editor"),
    "a revocation of all": (grants.SQL["revoke"], "node://p/7", "user", "u28", None),
    "resources by reference": (registered_resources.SQL["several"], REFERENCES),
    "a resource": (registered_resources.SQL["one"], "r7"),
    "a resource that moves": (registered_resources.SQL["move"], "node://p/7", "node://q/7"),
    "grants on what goes": (registered_resources.SQL["delete_grants"], "node://p/7"),
    "teams": (targets.SQL["teams"], [f"t{number}" for number in range(1000)]),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_few_rows_are_read_in_vain(large, name):
    found = await nodes(large, *QUERIES[name])
    assert "Seq Scan" not in kinds(found)
    assert read_in_vain(found) < IN_VAIN


async def test_an_account_is_full_when_it_is(large):
    assert await grants.over(large.connection, large.id, SIZE - 1)
    assert not await grants.over(large.connection, large.id, SIZE)
