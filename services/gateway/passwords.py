"""Passwords without holding anybody up: in a thread, a few at a time, and not endlessly often.

Who guesses at one name is told to wait. Counted by each gateway for itself, in memory: several of them let so
many times as many guesses through, which changes nothing.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from uuid import UUID

from msgspec import Struct

from services.gateway.turns import Turns
from shared.wire import passwords

FAILURES = 10
"""Wrong passwords for one name, after which it has to wait."""
WAIT_SECONDS = 300.0
REMEMBERED = 10_000
# At a time, of one account and of all: each takes a processor for some 50 ms. Many may log in at once.
TURNS, ALTOGETHER, TURN_SECONDS = 1, 2, 10.0


class Throttled(Exception):  # noqa: N818  # no error: an answer
    """Too many wrong passwords for a name; `seconds` until it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many failed attempts for this name, try again in {seconds} seconds")
        self.seconds = seconds


class _Failures(Struct):
    """How often a name failed, until when that counts (monotonic)."""

    until: float
    count: int = 0


class Passwords:
    """The passwords of all accounts; an account's many attempts wait for each other and not for others'."""

    def __init__(self) -> None:
        self._turns = Turns(TURNS, TURN_SECONDS, ALTOGETHER)
        self._failures: OrderedDict[tuple[UUID, bytes], _Failures] = OrderedDict()

    async def hashed(self, account: UUID, password: str) -> str:
        """What to store of a password; raises Crowded."""
        async with self._turns.turn(account):
            return await asyncio.to_thread(passwords.hash_password, password)

    async def matches(self, account: UUID, name: str, password: str, stored: str | None) -> bool:
        """Whether that is the stored password of a name (folded); raises Throttled, Crowded.

        None stored is nobody's name, which takes as long and counts as much as a wrong password.
        """
        key = (account, hashlib.sha256(name.encode()).digest())  # names may be long
        async with self._turns.turn(account):
            self._check(key)
            known = await asyncio.to_thread(passwords.matches, password, stored)
            if known:
                self._failures.pop(key, None)
            else:
                self._count(key)
        return known

    def _check(self, key: tuple[UUID, bytes]) -> None:
        failed = self._failures.get(key)
        left = 0.0 if failed is None else failed.until - time.monotonic()
        if failed is not None and failed.count >= FAILURES and left > 0:
            raise Throttled(int(left) + 1)

    def _count(self, key: tuple[UUID, bytes]) -> None:
        now = time.monotonic()
        failed = self._failures.pop(key, None)
        if failed is None or failed.until <= now:
            failed = _Failures(now + WAIT_SECONDS)
        failed.count += 1
        self._failures[key] = failed
        if len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)
