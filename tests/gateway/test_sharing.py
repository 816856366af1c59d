import asyncio

from services.gateway.sharing import Sharing
from tests.reading import Reading, turns


async def test_who_asks_while_a_read_is_under_way_joins_it() -> None:
    sharing, reading = Sharing[int](), Reading()
    asking = [asyncio.create_task(sharing.get("key", reading)) for _ in range(3)]
    await turns()
    reading.may_end.set()
    assert await asyncio.gather(*asking) == [1, 1, 1]
    assert await sharing.get("key", reading) == 2


async def test_nobody_joins_a_read_that_was_forgotten() -> None:
    sharing, reading = Sharing[int](), Reading()
    before = asyncio.create_task(sharing.get("key", reading))
    await turns()
    sharing.forget("key")
    after = [asyncio.create_task(sharing.get("key", reading)) for _ in range(2)]
    await turns()
    reading.may_end.set()
    assert [await before, *await asyncio.gather(*after)] == [1, 2, 2]
    sharing.forget("key")
