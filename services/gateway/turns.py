"""Whose turn it is: what all accounts share cannot be held by one of them.

An account has a few turns at a time. Its other requests wait in the order in which they came, and after a
while are told to come again; requests of other accounts do not wait for them.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import cast
from uuid import UUID

from msgspec import Struct

from shared.store.pool import Connection, Pool

MANY = "too many requests of this account at once, wait for one to end"
BUSY = "too many requests of other accounts at once, try again"


class Crowded(Exception):  # noqa: N818  # no error: an answer
    """An account has all that it may have at a time."""

    def __init__(self, message: str = MANY) -> None:
        super().__init__(message)


class _Line(Struct):
    """An account's turns, and how many have one or wait for one."""

    turns: asyncio.Semaphore
    present: int = 0


class Turns:
    """So many turns for each account, and where `altogether` is given so many for all accounts together."""

    def __init__(self, each: int, seconds: float, altogether: int | None = None) -> None:
        self._each, self._seconds = each, seconds
        self._lines: dict[UUID, _Line] = {}
        self._shared = None if altogether is None else asyncio.Semaphore(altogether)

    def __len__(self) -> int:
        """How many accounts have a turn or wait for one."""
        return len(self._lines)

    @asynccontextmanager
    async def turn(self, account: UUID) -> AsyncIterator[None]:
        """A turn of an account; raises Crowded if none is free in time."""
        line = self._lines.get(account)
        if line is None:
            line = self._lines[account] = _Line(asyncio.Semaphore(self._each))
        line.present += 1
        try:
            async with AsyncExitStack() as held:
                ends = time.monotonic() + self._seconds
                for semaphore, crowd in ((line.turns, MANY), (self._shared, BUSY)):
                    if semaphore is not None:
                        await _take(semaphore, ends, crowd)
                        held.callback(semaphore.release)
                yield
        finally:
            line.present -= 1
            if not line.present:
                del self._lines[account]


async def _take(semaphore: asyncio.Semaphore, ends: float, crowd: str) -> None:
    if not semaphore.locked():  # most of the time, and a timeout costs more than all the rest
        await semaphore.acquire()
        return
    try:
        await asyncio.wait_for(semaphore.acquire(), ends - time.monotonic())
    except TimeoutError:
        raise Crowded(crowd) from None


class Lane:
    """A pool as one account has it: a connection is a turn, so that reads which are shared take one only."""

    def __init__(self, pool: Pool, turns: Turns, account: UUID) -> None:
        self._pool, self._turns, self._account = pool, turns, account

    @asynccontextmanager
    async def acquire(self, *, timeout: float) -> AsyncIterator[Connection]:  # noqa: ASYNC109  # as the pool's
        """A connection; raises Crowded for no turn, TimeoutError for no connection within what is left."""
        ends = time.monotonic() + timeout
        async with self._turns.turn(self._account):
            left = max(ends - time.monotonic(), timeout / 4)
            async with self._pool.acquire(timeout=left) as connection:
                yield connection


def lane(pool: Pool, turns: Turns, account: UUID) -> Pool:
    """The part of a pool that an account may have; of a pool there is only `acquire` to it."""
    return cast("Pool", Lane(pool, turns, account))
