"""What is swept is found among many that are not, without looking at those."""

import json
from uuid import uuid4

import pytest

from shared.store import archives

MANY = """
    INSERT INTO parcel (account_id, archive_id, place, lease_until)
    SELECT $1, gen_random_uuid(), 'database:',
        CASE WHEN n % 1000 = 0 THEN now() - interval '1 s' ELSE 'infinity' END
    FROM generate_series(1, 20000) AS n
"""
FORGET = "DELETE FROM pg_statistic WHERE starelid = 'parcel'::regclass"


@pytest.mark.parametrize("statistics", ["ANALYZE parcel", FORGET])
async def test_the_few_that_are_due_are_found_by_an_index(connection, statistics):
    async with connection.transaction():
        await connection.execute(MANY, uuid4())
        await connection.execute(statistics)
        plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {archives.SQL['due']}", archives.PARCELS)
        (found,) = json.loads(plan)[0]["Plan"]["Plans"]
        assert found["Index Name"] == "parcel_due"
        assert len(await archives.due(connection)) == 20
        await connection.execute("DELETE FROM parcel")
