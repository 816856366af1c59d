"""Gateways whose jobs nobody does, and an account of one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.standalone.postgres import Postgres
from services.standalone.valkey import Valkey
from tests.gateway.cloudcms.transfers.waiting import Waiting
from tests.stack import Service, servers

Servers = tuple[Postgres, Valkey]


@pytest.fixture(scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    async with servers(tmp_path_factory.mktemp("own")) as both:
        yield both


@pytest.fixture(scope="module")
async def idle(own: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """A gateway without any worker."""
    service = Service(own[0].dsn, own[1].url, tmp_path_factory.mktemp("idle"))
    await service.start(workers=0)
    yield service
    await service.stop()


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
