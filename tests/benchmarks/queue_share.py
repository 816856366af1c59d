"""Where a test's time goes, told by triggers that the product knows nothing of, in runs of their own.

The clock is the machine's for all: the client, the triggers. The queue's share is the time in which a test's
chunks are there and none of them is in a worker's hands.
"""

from statistics import median
from typing import NamedTuple

import asyncpg

from tests.benchmarks import testing
from tests.benchmarks.report import Line, number
from tests.benchmarks.stage import Stage
from tests.benchmarks.wire import Ended

INSTALL = """
CREATE UNLOGGED TABLE benchmark_event (test_id uuid, number integer, state text, at double precision);
CREATE FUNCTION benchmark_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO benchmark_event VALUES
        (NEW.test_id, NEW.number, NEW.state, extract(epoch FROM clock_timestamp()));
    RETURN NULL;
END $$;
CREATE TRIGGER benchmark_note AFTER INSERT OR UPDATE ON policy_test_chunk
    FOR EACH ROW EXECUTE FUNCTION benchmark_note();
"""
REMOVE = "DROP TABLE benchmark_event; DROP FUNCTION benchmark_note CASCADE"
READ = """
SELECT max(at) FILTER (WHERE state = 'pending'), max(at) FILTER (WHERE state = 'running'),
    max(at) FILTER (WHERE state = 'done')
FROM benchmark_event WHERE test_id = $1 GROUP BY number
"""


class Parts(NamedTuple):
    """Seconds of one test, in order; `together` is how many chunks were in hand at once, on average."""

    gateway: float
    pick_up: float
    in_hand: float
    between: float
    end: float
    together: float

    @property
    def queue(self) -> float:
        return (self.pick_up + self.between) / sum(self[:5])


WORDS = (
    "POST sent to chunks written",
    "chunks written to the first one claimed: commit, hint, queue",
    "chunks in hand: fetch, judge",
    "no chunk in hand, between others",
    "last one evaluated to seen complete: write, commit, poll",
)


async def parts(stage: Stage, body: bytes, count: int) -> list[Line]:
    """The parts of a test's time, and the queue's share of it."""
    connection = await stage.connect()
    try:
        await connection.execute(INSTALL)
        ended = await testing.warm(stage, body, count)
        found = [await _parts(connection, each) for each in ended]
        await connection.execute(REMOVE)
    finally:
        await connection.close()
    middle = Parts(*(median(column) for column in zip(*found, strict=True)))
    lines = [
        Line(f"- {name}", f"{number(1000 * part)} ms") for name, part in zip(WORDS, middle[:5], strict=True)
    ]
    whole, share = median(sum(each[:5]) for each in found), median(each.queue for each in found)
    return [
        *lines,
        Line("- chunks in hand at once, on average", number(middle.together)),
        Line("- the queue's share (traced runs of their own)", f"{share:.0%} of {1000 * whole:.0f} ms"),
    ]


async def _parts(connection: asyncpg.Connection, ended: Ended) -> Parts:
    rows = [tuple(row) for row in await connection.fetch(READ, ended.status["id"])]
    written, last = max(row[0] for row in rows), max(row[2] for row in rows)
    held = sorted((claimed, done) for _, claimed, done in rows)
    covered, at = 0.0, held[0][0]
    for claimed, done in held:
        covered += max(0.0, done - max(at, claimed))
        at = max(at, done)
    first = held[0][0]
    together = sum(done - claimed for claimed, done in held) / covered
    return Parts(
        *(written - ended.sent, first - written, covered),
        *(last - first - covered, ended.seen - last, together),
    )
