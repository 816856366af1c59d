"""Things are made before they are asked for, as many as shall be, and nothing is left behind."""

import asyncio
import weakref
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from services.worker.ahead import ahead
from tests.reading import turns

Ahead = Callable[[AsyncGenerator[Any, None]], AsyncGenerator[Any, None]]


def twice(items: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    return ahead(ahead(items))


EITHER = pytest.mark.parametrize("around", [ahead, twice], ids=["once", "twice"])
MORE = pytest.mark.parametrize(("around", "more"), [(ahead, 1), (twice, 2)], ids=["once", "twice"])


class Source:
    """Numbers from 0, made at once but for the one that is held until it may go on."""

    def __init__(self, size: int, held: int | None = None) -> None:
        self.size, self.held = size, held
        self.begun: list[int] = []
        self.cancelled: list[int] = []
        self.may_go_on, self.closed = asyncio.Event(), False

    async def items(self) -> AsyncGenerator[int, None]:
        try:
            for number in range(self.size):
                yield await self._made(number)
        finally:
            self.closed = True

    async def _made(self, number: int) -> int:
        self.begun.append(number)
        try:
            if number == self.held:
                await self.may_go_on.wait()
        except asyncio.CancelledError:
            self.cancelled.append(number)
            raise
        return number


@EITHER
@pytest.mark.parametrize("size", [0, 1, 2, 5])
async def test_items_come_in_order_and_end(around: Ahead, size: int) -> None:
    source = Source(size)
    assert [item async for item in around(source.items())] == [*range(size)]
    assert source.closed


@MORE
async def test_the_next_ones_are_made_while_one_is_in_use(around: Ahead, more: int) -> None:
    source, seen = Source(9), []
    async with aclosing(around(source.items())) as items:
        async for item in items:
            await turns()
            seen.append((item, source.begun[-1]))
    assert seen == [(item, min(item + more, 8)) for item in range(9)]


@EITHER
async def test_an_item_that_is_not_ready_is_waited_for(around: Ahead) -> None:
    source = Source(3, held=1)
    async with aclosing(around(source.items())) as items:
        assert await anext(items) == 0
        asking = asyncio.create_task(anext(items))
        await turns()
        assert not asking.done()
        source.may_go_on.set()
        assert [await asking, await anext(items)] == [1, 2]


@EITHER
async def test_an_item_belongs_to_whoever_took_it(around: Ahead) -> None:
    made: list[weakref.ref[Source]] = []

    async def things() -> AsyncGenerator[Source, None]:
        for _ in range(5):
            thing = Source(0)
            made.append(weakref.ref(thing))
            yield thing
            del thing

    async with aclosing(around(things())) as items:
        taken = await anext(items)
        await turns()
        assert made[0]() is taken
        del taken
        assert made[0]() is None


@EITHER
async def test_an_error_comes_out_where_the_item_would_have(around: Ahead) -> None:
    async def failing() -> AsyncGenerator[int, None]:
        yield 0
        yield 1
        raise OSError("no third")

    async with aclosing(around(failing())) as items:
        assert await anext(items) == 0
        await turns()
        assert await anext(items) == 1
        with pytest.raises(OSError, match="no third"):
            await anext(items)
        assert [item async for item in items] == []


@MORE
async def test_closing_early_cancels_what_is_being_made(around: Ahead, more: int) -> None:
    source = Source(9, held=more)
    async with aclosing(around(source.items())) as items:
        assert await anext(items) == 0
        await turns()
        assert not source.closed
    assert source.begun == [*range(more + 1)]
    assert (source.cancelled, source.closed) == ([more], True)


@EITHER
async def test_closing_early_closes_a_source_that_is_making_nothing(around: Ahead) -> None:
    source = Source(9)
    kept = source.items()  # or else it would end with the last hold on it
    async with aclosing(around(kept)) as items:
        assert await anext(items) == 0
        await turns()
        assert not source.closed
    assert (source.cancelled, source.closed) == ([], True)


@EITHER
async def test_closing_early_drops_an_error_that_nobody_met(around: Ahead) -> None:
    failed = asyncio.Event()

    async def failing() -> AsyncGenerator[int, None]:
        yield 0
        failed.set()
        raise OSError

    async with aclosing(around(failing())) as items:
        assert await anext(items) == 0
        await failed.wait()
    assert [item async for item in items] == []


@EITHER
async def test_one_who_is_cancelled_while_waiting_leaves_nothing_behind(around: Ahead) -> None:
    source = Source(9, held=0)

    async def take() -> None:
        async with aclosing(around(source.items())) as items:
            await anext(items)

    waiting = asyncio.create_task(take())
    await turns()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (source.cancelled, source.closed) == ([0], True)
