"""Real servers and processes, started once for all tests that need them."""

import os
import signal
from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from tests import described
from tests.stack import Client, Servers, Service, servers

settings.register_profile("quick", max_examples=100, deadline=None)
settings.register_profile("ci", max_examples=500, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
# A shell that runs the suite in the background has it ignore Ctrl-C, and so would all that is started here.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Whatever a test is about, what the gateway answers it is as the gateway describes it.
Client.shown = staticmethod(described.check)


@pytest.fixture(scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    async with servers(tmp_path_factory.mktemp("servers")) as both:
        yield both


@pytest.fixture(scope="session")
def database(running: Servers) -> str:
    return running[0].dsn


@pytest.fixture(scope="session")
async def service(running: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    postgres, valkey = running
    service = Service(postgres.dsn, valkey.url, tmp_path_factory.mktemp("service"))
    await service.start()
    yield service
    await service.stop()


@pytest.fixture(scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    """Servers of a module's own, so that no other worker takes its work."""
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
async def client(service: Service) -> Client:
    """An account of its own, with segments small enough that a few users fill several."""
    return await service.tenant(segment_bits=4)
