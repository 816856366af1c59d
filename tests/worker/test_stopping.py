"""A worker that is told to stop ends when what it was doing is given back, however long that takes."""

import asyncio

import pytest
from msgspec.structs import replace

from services.worker import queues
from services.worker.work import Work, whole
from shared.wire.jobs import Hint, Kind, Queue
from tests.worker.conftest import Jobs
from tests.worker.test_calls import hint, working

LONG_SECONDS = 3 * queues.CANCEL_SECONDS


async def test_giving_back_is_waited_for(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, given_back = asyncio.Event(), asyncio.Event()

    async def give_back() -> None:
        await asyncio.sleep(LONG_SECONDS)
        given_back.set()

    async def endless(_: Work, __: Hint) -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            await whole(give_back())

    monkeypatch.setitem(queues.JOBS, Kind.TRANSFER, endless)
    monkeypatch.setitem(queues.POLL_SECONDS, Queue.TRANSFERS, 0.1)
    work = jobs.work._replace(settings=replace(jobs.work.settings, drain_seconds=0.1))
    async with working(work):
        await work.hints.announce([hint()])
        async with asyncio.timeout(10):
            await begun.wait()
    assert given_back.is_set()
