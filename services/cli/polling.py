"""Waiting for something that runs in the gateway's workers, however long its deadline there is."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from services.cli import answers
from services.cli.client import Client

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0


class Running(Protocol):
    """Anything with a status."""

    status: str


Shape = TypeVar("Shape", bound=Running)


async def settled(
    client: Client, path: str, shape: type[Shape], show: Callable[[Shape], None]
) -> tuple[Shape, msgspec.Raw]:
    """The state that a test or an import ends in, parsed and as it came; `show` sees each on the way."""
    pause = FIRST_PAUSE
    while True:
        result = answers.decode(await client.get(path), answers.Answer).result
        state = answers.decode(result, shape)
        show(state)
        if state.status != answers.PROCESSING:
            return state, result
        await asyncio.sleep(pause)
        pause = min(pause * 1.3, LONGEST_PAUSE)
