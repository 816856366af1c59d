"""What is asked of jobs every second, or by whoever polls, reads few of them however many there were."""

import json
from uuid import UUID

import pytest

from shared.store import jobs, pool, sweeps
from shared.store.migrate import migrate

ACCOUNT = UUID(int=1)
# A year of jobs of one account and its neighbours; five of each have not ended.
FILL = """
    INSERT INTO account (account_id, name, segment_bits) SELECT lpad(number::text, 32, '0')::uuid, 'a', 16
    FROM generate_series(1, 10) AS number
""", """
    INSERT INTO job (account_id, job_id, kind, state, request, token_id, token_name, log, submitted_at,
        stopped_at, result)
    SELECT lpad(owner::text, 32, '0')::uuid, gen_random_uuid(), 'export',
        CASE WHEN number <= 5 THEN 'WAITING' ELSE 'FINISHED' END, '{}', 't', 't', '[]',
        now() - make_interval(hours => number), CASE WHEN number > 5 THEN now() END,
        to_json(repeat('x', 1500))
    FROM generate_series(1, 10) AS owner, generate_series(1, 3000) AS number
"""  # fmt: skip
ACROSS = {
    "lost": (sweeps.SQL["lost_jobs"], [5.0, 3]),
    "failed": (sweeps.SQL["fail_jobs"], [jobs.STALLS]),
    "forgotten": (sweeps.SQL["forget_jobs"], [30]),
}
OWN = {
    "one": (jobs.SQL["get"], [UUID(int=5)]),
    "a page": (jobs.SQL["page"], [["FINISHED"], 0, 25]),
    "renewed": (jobs.SQL["renew"], [UUID(int=5), 1, 5, 10, 15.0]),
    "unfinished": (jobs.SQL["unfinished"], []),
}
# An account has 3,000, which may be read and then sorted; there are 30,000.
MOST_ROWS = 7_000
READ = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")


@pytest.fixture(scope="module")
async def filled(empty_databases):
    dsn = await empty_databases()
    await migrate(dsn)
    connection = await pool.connect(dsn)
    for query in FILL:
        await connection.execute(query)
    yield connection
    await connection.close()


@pytest.fixture(scope="module", params=["never analysed", "analysed"])
async def large(filled, request):
    if request.param == "analysed":
        await filled.execute("ANALYZE")
    return filled


def nodes(plan):
    return [plan, *(each for part in plan.get("Plans", []) for each in nodes(part))]


async def read(connection, query, values):
    """How each table is read, and how many rows of it."""
    transaction = connection.transaction()
    await transaction.start()
    text = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", *values)
    await transaction.rollback()
    found = [each for each in nodes(json.loads(text)[0]["Plan"]) if "Scan" in each["Node Type"]]
    rows = sum(each.get(name, 0) * each["Actual Loops"] for each in found for name in READ)
    return [each["Node Type"] for each in found], rows


@pytest.mark.parametrize("name", ACROSS)
async def test_the_sweeper_finds_its_few_jobs_by_an_index(large, name):
    query, values = ACROSS[name]
    kinds, rows = await read(large, query, values)
    assert "Seq Scan" not in kinds
    assert rows < 500


@pytest.mark.parametrize("name", OWN)
async def test_jobs_of_an_account_are_found_by_an_index(large, name):
    query, values = OWN[name]
    kinds, rows = await read(large, query, [ACCOUNT, *values])
    assert "Seq Scan" not in kinds
    assert rows <= MOST_ROWS
