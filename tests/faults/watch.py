"""Polls of one test all the while, and what must hold between any two of them."""

import asyncio
import time
from itertools import pairwise
from typing import Any, Self

from tests.stack import Client

POLL_SECONDS = 0.1
TERMINAL = {"complete", "exceeded time", "blocked"}
COUNTERS = ("users_approved", "users_blocked", "users_errored", "users_processed", "percent_users_processed")


class Watch:
    """One test, polled from its start until told to stop; `refusals` are answers of 503."""

    def __init__(self, client: Client, test_id: str) -> None:
        self.client, self.test_id = client, test_id
        self.samples: list[dict[str, Any]] = []
        self.refusals = 0
        self.slowest = 0.0
        self.began = time.monotonic()
        self.seconds = 0.0
        self._task = asyncio.create_task(self._poll())

    @classmethod
    async def start(cls, client: Client, policies: list[dict[str, Any]]) -> Self:
        """Start a test and watch it."""
        return cls(client, (await client.start(*policies)).result["id"])

    async def _poll(self) -> None:
        while True:
            asked = time.monotonic()
            answer = await self.client.call("GET", f"{{a}}/access/policy-tests/{self.test_id}")
            self.slowest = max(self.slowest, time.monotonic() - asked)
            if answer.status == 503:
                assert "Retry-After" in answer.headers
                self.refusals += 1
            else:
                self._note(answer.result)
            await asyncio.sleep(POLL_SECONDS)

    def _note(self, sample: dict[str, Any]) -> None:
        self.samples.append(sample)
        if not self.seconds and sample["status"] in TERMINAL:
            self.seconds = time.monotonic() - self.began

    @property
    def percent(self) -> int:
        """How far the test is, as last seen."""
        return self.samples[-1]["percent_users_processed"] if self.samples else 0

    async def _until(self, reached: Any, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            while not reached():
                if self._task.done():
                    self._task.result()
                await asyncio.sleep(0.01)

    async def reached(self, percent: int, seconds: float = 30) -> None:
        """Return once the test is that far."""
        await self._until(lambda: self.percent >= percent, seconds)

    async def ended(self, seconds: float = 40) -> None:
        """Return once the test has ended, whatever way."""
        try:
            await self._until(lambda: self.seconds, seconds)
        except TimeoutError:
            raise AssertionError(f"not ended after {seconds} s: {self.samples[-1:]}") from None

    async def stop(self) -> None:
        """Poll no more. Raises what polling raised."""
        self._task.cancel()
        (ending,) = await asyncio.gather(self._task, return_exceptions=True)
        if not isinstance(ending, asyncio.CancelledError):
            raise ending

    def check(self, last: dict[str, Any]) -> None:
        """Counters only grow, sums fit, 100 % is complete, and an ended test stays as it ended."""
        assert self.samples, "never polled"
        for sample in (*self.samples, last):
            processed = sum(sample[name] for name in COUNTERS[:3])
            assert processed == sample["users_processed"] <= sample["total_users"], sample
            assert (sample["percent_users_processed"] == 100) == (sample["status"] == "complete"), sample
        for before, after in pairwise([*self.samples, last]):
            assert all(before[name] <= after[name] for name in COUNTERS), (before, after)
            assert before["status"] not in TERMINAL or before == after, (before, after)
