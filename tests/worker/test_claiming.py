"""Whoever is told to stop while it claims something knows what it has, and gives it back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from services.worker.work import whole
from shared.store import chunks, imports, policy_tests
from shared.store import jobs as transfers
from tests.gateway.rows import people, policy
from tests.worker.carrier import Carrier
from tests.worker.conftest import Jobs


class Slowed:
    """A claim that returns when it is allowed to, long after it was made."""

    def __init__(self, patch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        self.made, self.allowed = asyncio.Event(), asyncio.Event()
        claim: Callable[..., Any] = getattr(module, name)

        async def slowly(*arguments: Any) -> Any:
            found = await claim(*arguments)
            self.made.set()
            await self.allowed.wait()
            return found

        patch.setattr(module, name, slowly)

    @asynccontextmanager
    async def cancelled(self, claiming: asyncio.Task[None]) -> AsyncIterator[None]:
        """Cancel it, twice, when the claim is made and not known yet."""
        await self.made.wait()
        for _ in range(2):
            claiming.cancel()
            await asyncio.sleep(0.05)
        assert not claiming.done()
        self.allowed.set()
        with pytest.raises(asyncio.CancelledError):
            await claiming
        yield


@pytest.fixture
def slowed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], Slowed]:
    return lambda module, name: Slowed(monkeypatch, module, name)


Slow = Callable[[Any, str], Slowed]


async def test_a_transfer(jobs: Jobs, slowed: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    carrier = Carrier(jobs, monkeypatch)

    async def deed(*_: object) -> None:
        pytest.fail("nobody does what is to stop")

    await carrier.begin(deed)
    async with slowed(transfers, "claim").cancelled(asyncio.create_task(carrier.transferred())):
        assert await carrier.ended() == ("WAITING", "to be started again: the worker is stopping")


async def test_a_plan(jobs: Jobs, slowed: Slow) -> None:
    test_id = await jobs.started(policy())
    async with slowed(policy_tests, "claim_plan").cancelled(asyncio.create_task(jobs.planned(test_id))):
        leased = "SELECT lease_until FROM policy_test WHERE account_id = $1 AND test_id = $2"
        assert await jobs.value(leased, UUID(test_id)) is None


async def test_a_chunk(jobs: Jobs, slowed: Slow) -> None:
    await jobs.imported(people(20))
    test_id = await jobs.started(policy())
    await jobs.planned(test_id)
    async with slowed(chunks, "claim").cancelled(asyncio.create_task(jobs.evaluated(test_id, 0))):
        leased = "SELECT count(lease_until) FROM policy_test_chunk WHERE account_id = $1 AND test_id = $2"
        assert await jobs.value(leased, UUID(test_id)) == 0


async def test_an_import(jobs: Jobs, slowed: Slow) -> None:
    async with slowed(imports, "claim").cancelled(asyncio.create_task(jobs.imported(people(20)))):
        leased = "SELECT count(lease_until) FROM directory_import WHERE account_id = $1"
        assert await jobs.value(leased) == 0


async def test_what_fails_by_itself_fails_as_ever() -> None:
    async def fails() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await whole(fails())


async def test_what_is_made_whole_is_known_before_the_end_is_felt() -> None:
    known: list[int] = []

    async def deed() -> int:
        await asyncio.sleep(0.05)
        return 7

    async def does() -> None:
        known.append(await whole(deed()))
        await asyncio.sleep(3600)

    doing = asyncio.create_task(does())
    await asyncio.sleep(0)
    doing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await doing
    assert known == [7]
