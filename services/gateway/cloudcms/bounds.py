"""What may take much time or memory: how long it may, and how much of it there is at once."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from services.gateway.cloudcms.answers import refused
from services.gateway.routing import Call

SMALL_BYTES = 128 * 1024
"""As much as is decoded or put together while others wait: a millisecond."""
FEW = 100
"""As many documents, however small."""
ANSWER_BYTES = 32 * 1024 * 1024
"""Of documents that one request reads."""
STEPS = 16
"""Between two looks at the clock, which takes as long as several of them."""


class Clock:
    """Processor time of the thread that makes it: called often, it raises Faulty when that is used up."""

    def __init__(self, seconds: float, message: str) -> None:
        self._ends, self._message, self._steps = time.thread_time() + seconds, message, 0

    def __call__(self) -> None:
        """A step is done; the time is looked at now and then."""
        self._steps += 1
        if self._steps % STEPS == 0:
            self.look()

    def look(self) -> None:
        """Look at once: before something that may take long."""
        if time.thread_time() > self._ends:
            raise refused(self._message)


@asynccontextmanager
async def room(call: Call, *, heavy: bool) -> AsyncIterator[None]:
    """Room for what takes much memory or time: as of large bodies, there is not much of that at once."""
    async with AsyncExitStack() as held:
        if heavy:
            await held.enter_async_context(call.resources.large.turn(call.account))
        yield
