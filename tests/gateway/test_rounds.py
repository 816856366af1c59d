import asyncio

import pytest

from services.gateway import rounds
from services.gateway.rounds import Rounds
from tests.reading import Reading, turns


async def test_who_asks_at_once_is_answered_by_one_read() -> None:
    asked, reading = Rounds[int](), Reading()
    reading.may_end.set()
    assert await asyncio.gather(*(asked.get(reading) for _ in range(5))) == [1] * 5
    assert await asked.get(reading) == 2


async def test_who_asks_while_a_read_is_under_way_is_answered_by_the_next() -> None:
    asked, reading = Rounds[int](), Reading()
    first = asyncio.create_task(asked.get(reading))
    await turns()
    later = [asyncio.create_task(asked.get(reading)) for _ in range(3)]
    await turns()
    assert reading.begun == 1
    reading.may_end.set()
    assert [await first, *await asyncio.gather(*later)] == [1, 2, 2, 2]


async def test_one_who_goes_away_takes_nothing_from_the_others() -> None:
    asked, reading = Rounds[int](), Reading()
    leaving, staying = (asyncio.create_task(asked.get(reading)) for _ in range(2))
    await turns()
    leaving.cancel()
    reading.may_end.set()
    assert await staying == 1


async def test_a_read_that_fails_fails_for_those_who_wait_for_it_only() -> None:
    asked, reading = Rounds[int](), Reading()
    reading.may_end.set()

    async def failing() -> int:
        raise OSError

    found = await asyncio.gather(*(asked.get(failing) for _ in range(2)), return_exceptions=True)
    assert [type(each) for each in found] == [OSError, OSError]
    assert await asked.get(reading) == 1


async def test_nobody_waits_long_for_a_read_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "PATIENCE", 0.01)
    asked, silent, reading = Rounds[int](), Reading(), Reading()
    first = asyncio.create_task(asked.get(silent))
    await turns()
    reading.may_end.set()
    assert await asyncio.wait_for(asked.get(reading), 5) == 1
    silent.may_end.set()
    assert await first == 1
