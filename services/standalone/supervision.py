"""Keeping things alive: what dies is started again, what keeps dying is given up."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from services.standalone import child
from services.standalone.errors import StandaloneError

_TICK = 0.1
_SHORT_LIFE = 10.0
_DEATHS = 5
_FIRST_DELAY = 0.2
_LONGEST_DELAY = 5.0


class Supervised(Protocol):
    """Something with a process."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def log(self) -> Path:
        """Where it writes."""

    @property
    def running(self) -> bool:
        """Whether its process is alive."""

    async def start(self) -> None:
        """Start it, again if need be."""


async def keep(supervised: Supervised, say: Callable[[str], None]) -> None:
    """
    Start again what has died, after 0.2 to 5 seconds; expects it to be started.

    Raises StandaloneError with the end of its log after five deaths in a row, each soon after its start.
    """
    deaths = 0
    while True:
        began = time.monotonic()
        while supervised.running:  # noqa: ASYNC110 - a process sets no event
            await asyncio.sleep(_TICK)
        deaths = deaths + 1 if time.monotonic() - began < _SHORT_LIFE else 1
        if deaths == _DEATHS:
            raise StandaloneError(
                f"`{supervised.name}` died {_DEATHS} times in a row; the end of `{supervised.log}`:\n"
                f"{child.tail(supervised.log)}"
            )
        delay = min(_LONGEST_DELAY, _FIRST_DELAY * 3 ** (deaths - 1))
        say(f"`{supervised.name}` died; starting it again (see {supervised.log})")
        await asyncio.sleep(delay)
        await supervised.start()
