"""An installation for each module, so that what one breaks is no matter to another."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.harness import Site
from tests.faults.harness import site as start


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with start(tmp_path_factory.mktemp("site")) as running:
        yield running
