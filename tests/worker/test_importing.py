"""The job of an import: by which way batches go, and how much of a file is held at once."""

from io import BytesIO
from typing import Any
from uuid import UUID

import pytest

from services.worker import import_directory
from services.worker.preparing import Preparer
from shared.store import imports
from tests.gateway.rows import lines
from tests.worker.conftest import Jobs

BLOCK = 1 << 20
COUNTS = """SELECT ARRAY[users_created, users_updated, users_unchanged, users_deleted, rows_rejected]
FROM directory_import WHERE account_id = $1 ORDER BY created_at DESC LIMIT 1"""
USERS = "SELECT count(*) FROM users WHERE account_id = $1 AND valid_to = 9223372036854775807"


def person(number: int, **others: Any) -> dict[str, Any]:
    """A row that nearly fills a block."""
    padding = {"padding": "x" * (BLOCK * 19 // 20)}
    return {"email": f"u{number}@acme.example", "identity": {"idp": {"id": "okta"}, **padding}, **others}


PEOPLE = [person(number) for number in range(8)]


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """By which way each batch went, when every block is a batch."""
    taken = list[str]()

    def noted(name: str) -> None:
        way = getattr(Preparer, name)

        async def going(self: Preparer, *given: Any) -> Any:
            taken.append(name)
            return await way(self, *given)

        monkeypatch.setattr(Preparer, name, going)

    noted("settle")
    noted("prepare")
    monkeypatch.setattr(import_directory, "STRANGERS_ROWS", 1)
    monkeypatch.setattr(import_directory, "BATCH_ROWS", 1)
    return taken


async def test_a_first_import_is_one_of_strangers(jobs: Jobs, ways: list[str]) -> None:
    await jobs.imported(lines(*PEOPLE))
    assert set(ways) == {"settle"}
    assert await jobs.value(COUNTS) == [8, 0, 0, 0, 0]
    assert await jobs.value(USERS) == 8


async def test_an_import_into_a_directory_of_others_is_looked_up(jobs: Jobs, ways: list[str]) -> None:
    await jobs.imported(lines(*PEOPLE[:2]))
    ways.clear()
    await jobs.imported(lines(*PEOPLE))
    assert set(ways) == {"prepare"}
    assert await jobs.value(COUNTS) == [6, 0, 2, 0, 0]


async def test_strangers_who_are_none_are_looked_up_from_there_on(jobs: Jobs, ways: list[str]) -> None:
    again = person(1, name="again")
    await jobs.imported(lines(*PEOPLE[:4], again, {"email": "u0@acme.example", "deleted": True}, *PEOPLE[4:]))
    assert (ways[0], ways[-1]) == ("settle", "prepare")
    assert await jobs.value(COUNTS) == [8, 1, 0, 1, 0]
    assert await jobs.value(USERS) == 7


async def test_an_import_of_strangers_goes_on_as_one_in_its_next_job(
    jobs: Jobs, ways: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = UUID((await jobs.client.upload(BytesIO(lines(*PEOPLE)))).result["id"])
    monkeypatch.setattr(import_directory, "JOB_SECONDS", 0)
    for count in range(1, 9):
        await jobs.import_once(import_id)
        assert await jobs.value(USERS) == count
    await jobs.import_once(import_id)
    assert set(ways) == {"settle"}
    assert await jobs.value("SELECT state FROM directory_import WHERE account_id = $1") == "complete"


async def test_long_rows_are_held_few_at_a_time(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    held, read = list[int](), imports.blocks

    async def reading(*given: Any) -> Any:
        found = await read(*given)
        held.append(len(found))
        return found

    monkeypatch.setattr(imports, "blocks", reading)
    monkeypatch.setattr(imports, "BLOCKS", 3)
    await jobs.imported(lines(*PEOPLE))
    assert held == [3, 3, 2, 0]
    assert await jobs.value(USERS) == 8
