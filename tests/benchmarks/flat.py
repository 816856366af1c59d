"""The users as somebody would keep them who writes the test by hand: a table of columns, made beforehand."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from tests.benchmarks.stage import Stage

SAMPLE_SEGMENTS = 16  # what the ways by hand are measured on where a directory is larger
SEGMENT = 1 << 16

CREATE = """
CREATE TABLE flat (ordinal bigint PRIMARY KEY, email text NOT NULL, domain text NOT NULL, groups text[],
    country text, ip inet, amr text[], idp text)
"""
CREATE_VERDICTS = """
DROP TABLE IF EXISTS verdict;
CREATE TABLE verdict (test bigint, ordinal bigint, verdict smallint NOT NULL, PRIMARY KEY (test, ordinal))
"""
FILL = """
INSERT INTO flat
SELECT ordinal, address, split_part(address, '@', 2),
    CASE WHEN known ? 'groups'
        THEN ARRAY(SELECT one->>'name' FROM jsonb_array_elements(known->'groups') AS one
            WHERE one->>'name' IS NOT NULL) END,
    known->'geo'->>'country', (known->>'ip')::inet,
    CASE WHEN known ? 'amr' THEN ARRAY(SELECT jsonb_array_elements_text(known->'amr')) END,
    known->'idp'->>'id'
FROM users, LATERAL (SELECT convert_from(identity, 'UTF8')::jsonb AS known) AS one
WHERE account_id = $1 AND valid_to = 9223372036854775807 AND ordinal >= $2 AND ordinal < $3
"""
COUNTED = """
SELECT sum(users_approved), sum(users_blocked), sum(users_errored) FROM policy_test_result
WHERE account_id = $1 AND test_id = $2 AND segment < $3
"""
WORKERS = 2


class Counts(NamedTuple):
    """How many users got which verdict."""

    approved: int
    blocked: int
    errored: int


class Sample(NamedTuple):
    """The users of a directory that the ways by hand are measured on, and what the product says of them."""

    users: int
    whole: int
    counts: Counts
    emails: Sequence[str]

    @property
    def scale(self) -> float:
        return self.whole / self.users

    @property
    def words(self) -> str:
        return "" if self.scale == 1 else f" (measured on {self.users:,} users, scaled)"


def shares(users: int, parts: int) -> list[tuple[int, int]]:
    """Ordinals cut into ranges: the first of each, and the first after it."""
    ends = [users * part // parts for part in range(parts + 1)]
    return list(pairwise(ends))


async def build(stage: Stage, whole: int, test_id: str, emails: Sequence[str]) -> Sample:
    """Make the table, outside of what is timed."""
    users = min(whole, SAMPLE_SEGMENTS * SEGMENT) if whole > SAMPLE_SEGMENTS * SEGMENT else whole
    connection = await stage.connect()
    try:
        await connection.execute(CREATE)
        await asyncio.gather(*(_fill(stage, *share) for share in shares(users, WORKERS)))
        await connection.execute("VACUUM ANALYZE flat")
        row = await connection.fetchrow(COUNTED, stage.account, test_id, -(-users // SEGMENT))
    finally:
        await connection.close()
    return Sample(users, whole, Counts(*(int(value) for value in row)), emails)


async def _fill(stage: Stage, first: int, end: int) -> None:
    connection = await stage.connect()
    try:
        await connection.execute(FILL, stage.account, first, end)
    finally:
        await connection.close()
