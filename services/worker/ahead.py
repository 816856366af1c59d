"""Making things before they are asked for."""

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

T = TypeVar("T")


async def ahead(items: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The same items, each made while the one before is in use; twice around, two are.

    To be closed by whoever does not take them all (`contextlib.aclosing`): what is being made is cancelled.
    """
    coming = asyncio.create_task(_next(items))
    try:
        while found := await coming:
            coming = asyncio.create_task(_next(items))
            yield found.pop()  # items are large: whoever takes one has the only hold on it
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await items.aclose()


async def _next(items: AsyncGenerator[T, None]) -> list[T]:
    """The next item alone in a list; an empty list at the end."""
    async for item in items:
        return [item]
    return []
