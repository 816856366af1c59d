"""A gateway whose jobs nobody does, and an account of one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.cloudcms.transfers.waiting import Waiting
from tests.stack import Servers, Service


@pytest.fixture
async def strict(own: Servers, tmp_path: Path) -> AsyncIterator[Service]:
    """The same, for two unfinished transfers of an account."""
    service = Service(own[0].dsn, own[1].url, tmp_path, GATEHOUSE_RUNNING_TRANSFERS="2")
    await service.start(workers=0)
    yield service
    await service.stop()


@pytest.fixture
async def waiting(idle: Service) -> AsyncIterator[Waiting]:
    async with Waiting.of(idle, await idle.tenant()) as waiting:
        yield waiting
