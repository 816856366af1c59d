"""What is stored, and how much memory the workers took."""

import asyncpg

from tests.benchmarks.report import Line, at_most, number
from tests.benchmarks.stage import Stage

RESULT_BYTES, RESIDENT_BYTES = 1.0, 600e6
TOTAL = "SELECT pg_total_relation_size($1::text::regclass)"
PAYLOAD = """
SELECT sum(octet_length(approved) + octet_length(blocked) + octet_length(errored)) FROM policy_test_result
WHERE account_id = $1 AND test_id = $2
"""
TESTS = "SELECT count(DISTINCT test_id) FROM policy_test_result WHERE account_id = $1"


async def measure(stage: Stage, users: int, test_id: str) -> list[Line]:
    connection = await stage.connect()
    try:
        lines = [await _results(connection, stage, users, test_id), await _stored(connection, users)]
    finally:
        await connection.close()
    stage.note_peaks()
    return [
        *lines,
        at_most("a worker's memory at its highest", max(stage.peaks) / 1e6, RESIDENT_BYTES / 1e6, "MB"),
    ]


async def _results(connection: asyncpg.Connection, stage: Stage, users: int, test_id: str) -> Line:
    tests = await connection.fetchval(TESTS, stage.account)
    payload = await connection.fetchval(PAYLOAD, stage.account, test_id)
    stored = await connection.fetchval(TOTAL, "policy_test_result") / tests
    line = at_most("a result, stored", stored / users, RESULT_BYTES, "bytes per user")
    return line._replace(measured=f"{line.measured} ({number(payload / users)} of bitmaps)")


async def _stored(connection: asyncpg.Connection, users: int) -> Line:
    posting, rows = [await connection.fetchval(TOTAL, table) / users for table in ("posting", "users")]
    return Line("the index, stored", f"{number(posting)} bytes per user (the users' rows: {number(rows)})")
