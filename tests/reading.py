"""Reads that end when a test says so, and turns for whatever else goes on."""

import asyncio


class Reading:
    """Reads that end when told to, each with its number."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()

    async def __call__(self) -> int:
        self.begun += 1
        number = self.begun
        await self.may_end.wait()
        return number


async def turns() -> None:
    """Let everybody else go as far as they can without waiting for anything from outside."""
    for _ in range(20):
        await asyncio.sleep(0)
