"""Answers that may take long: found where they are asked for, or in a thread, or not at all.

How long is known before: it grows with the statements in force and the texts they are matched with.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from services.gateway.cloudcms.answers import refused
from services.gateway.cloudcms.bounds import Clock, room
from services.gateway.routing import Call
from shared.policy.entitlement.principal import Principal
from shared.policy.entitlement.resource import Resource

SECONDS = 5.0
"""Of processor time. 10,000 checks of principals who have ten statements each take half a second."""
INLINE = 2_000
"""Statements that are asked while others wait: a millisecond or two."""
HEAVY = 5_000_000
"""Statements that are asked, or made ready to be, where there is not much of that at once."""
TOGETHER = 1_000_000
"""Statements in force of all principals of one request: ready to be asked they take 200 bytes each."""
SLOW = f"this takes more than {SECONDS:g} seconds: ask for less at once, or of fewer or simpler statements"
TEXT = 256
"""Characters that take as long to match as a statement does without them."""

Result = TypeVar("Result")


def weight(resource: Resource) -> int:
    """How many times as long a statement takes with it as with one of which there is nothing to say."""
    return 1 + resource.length // TEXT


class Course:
    """One request's thinking: what it may still take. Made in the thread that thinks."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.clock = Clock(seconds, SLOW)
        self._together = 0
        self._known = set[int]()

    def ready(self, principal: Principal) -> Principal:
        """A principal, counted once; raises Faulty where all of them have too much in force."""
        self.clock.look()
        if id(principal) not in self._known:
            self._known.add(id(principal))
            self._together += principal.statements
            if self._together > TOGETHER:
                raise refused(f"the principals have more than {TOGETHER} statements in force: ask of fewer")
        return principal


class Work(NamedTuple):
    """How many statements are asked at the most, and of how many questions at once."""

    statements: int
    inline: bool = True


async def thought(call: Call, work: Work, think: Callable[[Course], Result]) -> Result:
    """What comes of thinking; raises Faulty where it takes too long."""
    if work.inline and work.statements <= INLINE:
        return think(Course())
    async with room(call, heavy=work.statements > HEAVY):
        return await asyncio.to_thread(lambda: think(Course()))
