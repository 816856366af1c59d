"""The second way by hand: the policy as SQL, INSERT … SELECT of a row for each user."""

import asyncio
import time

from tests.benchmarks import policy
from tests.benchmarks.flat import CREATE_VERDICTS, Counts, Sample, shares
from tests.benchmarks.stage import Stage

BATCH = 100_000
COUNT = """
SELECT count(*) FILTER (WHERE verdict = 1), count(*) FILTER (WHERE verdict = 0),
    count(*) FILTER (WHERE verdict = 2)
FROM verdict
"""


async def seconds(stage: Stage, sample: Sample, connections: int) -> float:
    """How long that many connections take for the sample."""
    connection = await stage.connect()
    try:
        await connection.execute(CREATE_VERDICTS)
        started = time.perf_counter()
        await asyncio.gather(*(_work(stage, sample, share) for share in shares(sample.users, connections)))
        taken = time.perf_counter() - started
        found = Counts(*await connection.fetchrow(COUNT))
    finally:
        await connection.close()
    assert found == sample.counts, (found, sample.counts)
    return taken


async def _work(stage: Stage, sample: Sample, share: tuple[int, int]) -> None:
    insert = f"""
    INSERT INTO verdict SELECT 1, ordinal, coalesce(({policy.sql(sample.emails)})::integer, 2)
    FROM flat WHERE ordinal >= $1 AND ordinal < $2
    """
    connection = await stage.connect()
    for first in range(share[0], share[1], BATCH):
        await connection.execute(insert, first, min(first + BATCH, share[1]))
    await connection.close()
