"""A directory too large to import: whole segments of an imported one again and again, with other addresses.

The copies' postings are the originals', for a copy differs from its original in id and address alone.
"""

import asyncio

from tests.benchmarks.stage import Stage

SEGMENT = 1 << 16
BASE_SEGMENTS = 16
BASE = BASE_SEGMENTS * SEGMENT
IMPORTED_LIMIT = 2_000_000  # more than this is replicated

POSTINGS = """
INSERT INTO posting (account_id, attribute, value, segment, valid_from, data)
SELECT account_id, attribute, value, segment + $2, valid_from, data FROM posting
WHERE account_id = $1 AND segment < $3 AND valid_to = 9223372036854775807
"""
USERS = """
INSERT INTO users (account_id, ordinal, valid_from, user_id, address, email, name, groups, identity)
SELECT account_id, ordinal + $2, valid_from, gen_random_uuid(), $3 || address, $3 || email,
    name, groups, identity
FROM users WHERE account_id = $1 AND ordinal >= $4 AND ordinal < $5 AND valid_to = 9223372036854775807
"""
ACCOUNT = "UPDATE account SET users = $2, next_ordinal = $2 WHERE account_id = $1"
WRITERS = 2


def split(users: int) -> tuple[int, int]:
    """How many users to import at first, and how many at the end, so that copies are of whole segments."""
    return (users, 0) if users <= IMPORTED_LIMIT else (BASE, users % SEGMENT)


async def grow(stage: Stage, users: int) -> None:
    """Copy the imported base until there are as many whole segments as the users fill."""
    wanted = users // SEGMENT
    jobs = [
        (first, min(BASE_SEGMENTS, wanted - first)) for first in range(BASE_SEGMENTS, wanted, BASE_SEGMENTS)
    ]
    await asyncio.gather(*(_copy(stage, jobs[number::WRITERS]) for number in range(WRITERS)))
    connection = await stage.connect()
    await connection.execute(ACCOUNT, stage.account, wanted * SEGMENT)
    for table in ("posting", "users"):
        await connection.execute(f"VACUUM ANALYZE {table}")
    await connection.close()


async def _copy(stage: Stage, jobs: list[tuple[int, int]]) -> None:
    connection = await stage.connect()
    for first, segments in jobs:
        await connection.execute(POSTINGS, stage.account, first, segments)
        for segment in range(segments):
            at, prefix = segment * SEGMENT, f"copy{first + segment}."
            await connection.execute(USERS, stage.account, first * SEGMENT, prefix, at, at + SEGMENT)
    await connection.close()
