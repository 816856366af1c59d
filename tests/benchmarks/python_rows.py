"""The first way by hand: fetch rows, decide in Python, COPY a row for each user. A worker is a process."""

import asyncio
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import asyncpg

from tests.benchmarks import closures
from tests.benchmarks.flat import CREATE_VERDICTS, Counts, Sample, shares
from tests.benchmarks.stage import Stage

BATCH = 10_000
FETCH = f"""
SELECT ordinal, {closures.COLUMNS} FROM flat
WHERE ordinal >= $1 AND ordinal < $2 ORDER BY ordinal LIMIT {BATCH}
"""
COLUMNS = ("test", "ordinal", "verdict")
VERDICT = {False: 0, True: 1, None: 2}


async def seconds(stage: Stage, sample: Sample, workers: int) -> float:
    """How long that many workers take for the sample."""
    connection = await stage.connect()
    await connection.execute(CREATE_VERDICTS)
    await connection.close()
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        # Interpreters start before the clock does.
        await asyncio.gather(*(loop.run_in_executor(pool, time.sleep, 1) for _ in range(workers)))
        started = time.perf_counter()
        counts = await asyncio.gather(
            *(
                loop.run_in_executor(pool, work, stage.postgres.dsn, share, tuple(sample.emails))
                for share in shares(sample.users, workers)
            )
        )
        taken = time.perf_counter() - started
    total = sum(counts, Counter())
    found = Counts(total[1], total[0], total[2])
    assert found == sample.counts, (found, sample.counts)
    return taken


def work(dsn: str, share: tuple[int, int], emails: tuple[str, ...]) -> Counter[int]:
    """One worker's share, in its process; returns how many got which verdict."""
    return asyncio.run(_work(dsn, share, emails))


async def _work(dsn: str, share: tuple[int, int], emails: tuple[str, ...]) -> Counter[int]:
    decide, counts = closures.compiled(emails), Counter[int]()
    connection = await asyncpg.connect(dsn)
    await connection.set_type_codec(
        "inet", schema="pg_catalog", format="binary", encoder=bytes, decoder=bytes
    )
    fetch = await connection.prepare(FETCH)
    at, end = share
    while rows := await fetch.fetch(at, end):
        records = [(1, row[0], VERDICT[decide(row[1:])]) for row in map(tuple, rows)]
        await connection.copy_records_to_table("verdict", records=records, columns=COLUMNS)
        counts.update(record[2] for record in records)
        at = records[-1][1] + 1
    await connection.close()
    return counts
