"""A COPY whose connection is lost ends, wherever it stands."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.store import pool
from shared.store.copying import copy
from shared.store.pool import Connection

# PostgreSQL takes a row, and no more: it is busy with that one.
TABLE = """
CREATE TEMPORARY TABLE slow (text text);
CREATE FUNCTION pg_temp.wait() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(100); RETURN NEW; END $$;
CREATE TRIGGER wait BEFORE INSERT ON slow FOR EACH ROW EXECUTE FUNCTION pg_temp.wait();
"""
SOON_SECONDS = 10


@pytest.fixture
async def slow(connection: Connection) -> Connection:
    await connection.execute(TABLE)
    return connection


def endless(taken: list[int]) -> AsyncIterator[bytes]:
    async def lines() -> AsyncIterator[bytes]:
        while True:
            taken.append(len(taken))
            yield b"x" * 100_000 + b"\n"

    return lines()


async def stuck(taken: list[int]) -> None:
    """Wait until no more is taken."""
    before = -1
    while before != len(taken) or not taken:
        before = len(taken)
        await asyncio.sleep(0.2)


def copying(connection: Connection, taken: list[int]) -> asyncio.Task[None]:
    given = connection.copy_to_table("slow", source=endless(taken))
    return asyncio.create_task(copy(connection, given))


async def test_a_copy_without_room_to_write_ends_with_its_connection(migrated: str, slow: Connection) -> None:
    taken = list[int]()
    task = copying(slow, taken)
    await stuck(taken)
    other = await pool.connect(migrated)
    await other.execute("SELECT pg_terminate_backend($1)", slow.get_server_pid())
    await other.close()
    async with asyncio.timeout(SOON_SECONDS):
        with pytest.raises(asyncpg.PostgresConnectionError):
            await task


async def test_a_copy_that_is_cancelled_is_cancelled(slow: Connection) -> None:
    taken = list[int]()
    task = copying(slow, taken)
    await stuck(taken)
    task.cancel()
    async with asyncio.timeout(SOON_SECONDS):
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_fault_of_the_source_is_the_copys_and_the_connection_stays(connection: Connection) -> None:
    await connection.execute("CREATE TEMPORARY TABLE quick (text text)")

    async def lines() -> AsyncIterator[bytes]:
        yield b"x\n"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        await copy(connection, connection.copy_to_table("quick", source=lines()))
    await copy(connection, connection.copy_records_to_table("quick", records=[("a",), ("b",)]))
    assert await connection.fetchval("SELECT count(*) FROM quick") == 2
