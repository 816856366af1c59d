"""What must hold of a policy test after any fault, whatever the schedule was."""

from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from shared.directory import bitmaps
from tests.faults.watch import Watch
from tests.stack import Client, Service, account_id

VERDICTS = ("approved", "blocked", "errored")
ON_PAGES = {"approved": "approved", "blocked": "blocked", "error": "errored"}


class Evidence(NamedTuple):
    """A test as PostgreSQL holds it: its row, its chunks, its results, and who was there."""

    test: asyncpg.Record
    chunks: list[asyncpg.Record]
    results: list[asyncpg.Record]
    people: dict[int, str]


async def evidence(service: Service, client: Client, test_id: str) -> Evidence:
    where = (account_id(client), UUID(test_id))
    connection = await service.connect()
    try:
        one = "WHERE account_id = $1 AND test_id = $2"
        (test,) = await connection.fetch(f"SELECT * FROM policy_test {one}", *where)
        chunks = await connection.fetch(f"SELECT * FROM policy_test_chunk {one} ORDER BY number", *where)
        results = await connection.fetch(f"SELECT * FROM policy_test_result {one}", *where)
        there = "account_id = $1 AND valid_from <= $2 AND valid_to > $2"
        people = await connection.fetch(
            f"SELECT ordinal, email FROM users WHERE {there}", where[0], test["version"]
        )
    finally:
        await connection.close()
    return Evidence(test, chunks, results, {row["ordinal"]: row["email"] for row in people})


def verdicts(found: Evidence) -> dict[int, str]:
    """The verdict of each ordinal; fails when a user has two, or a counter is not that of its bitmap."""
    bits = found.test["segment_bits"]
    known: dict[int, str] = {}
    for row in found.results:
        for verdict in VERDICTS:
            positions = bitmaps.decode(row[verdict])
            assert len(positions) == row[f"users_{verdict}"], f"counter of segment {row['segment']}"
            ordinals = [(row["segment"] << bits) + position for position in positions]
            assert not known.keys() & set(ordinals), f"two verdicts in segment {row['segment']}"
            known |= dict.fromkeys(ordinals, verdict)
    return known


def check_rows(found: Evidence, expected: dict[str, str]) -> None:
    """Every user of the snapshot that is counted is counted once, and rightly; a complete test counts all."""
    known = verdicts(found)
    assert known.keys() <= found.people.keys(), "a verdict of somebody who was not there"
    done = {
        ordinal
        for ordinal in found.people
        for chunk in found.chunks
        if chunk["state"] == "done"
        and chunk["first_segment"] <= ordinal >> found.test["segment_bits"] <= chunk["last_segment"]
    }
    assert known.keys() == done, "users counted are not those of the chunks done"
    if found.test["state"] == "complete":
        assert known.keys() == found.people.keys(), "somebody was left out"
        assert len(found.people) == found.test["total_users"] > 0
    wrong = {
        found.people[ordinal]: (verdict, expected[found.people[ordinal]])
        for ordinal, verdict in known.items()
        if verdict != expected[found.people[ordinal]]
    }
    assert not wrong, f"verdicts that are wrong: {dict(list(wrong.items())[:5])}"
    for verdict in VERDICTS:
        counted = sum(1 for each in known.values() if each == verdict)
        assert found.test[f"users_{verdict}"] == counted, f"users_{verdict}"


def check_chunks(found: Evidence) -> None:
    """No chunk is left in anybody's hands; the chunks of a complete test are done, all of them."""
    states = [chunk["state"] for chunk in found.chunks]
    assert "running" not in states, f"left running: {states}"
    assert found.test["chunks_done"] == states.count("done")
    if found.test["state"] == "complete":
        assert states == ["done"] * found.test["chunks"]


async def check_pages(client: Client, test_id: str, found: Evidence) -> None:
    """The pages show those who are counted, each once, as counted."""
    rows = await client.users(test_id)
    shown = sorted((row["email"], ON_PAGES[row["status"]]) for row in rows)
    known = verdicts(found)
    assert shown == sorted((found.people[ordinal], verdict) for ordinal, verdict in known.items())


async def check_all(
    service: Service, watch: Watch, expected: dict[str, str], state: str = "complete"
) -> Evidence:
    """Everything that must hold at the end of a test. Raises AssertionError for what does not."""
    try:
        status: Any = await watch.client.status(watch.test_id)
        assert status["state"] == state, status
        found = await evidence(service, watch.client, watch.test_id)
        check_rows(found, expected)
        check_chunks(found)
        await check_pages(watch.client, watch.test_id, found)
    finally:
        await watch.stop()
    watch.check(status)
    return found
