"""An installation for each module, so that what one breaks is no matter to another."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.carried import CARRIED, Carried
from tests.faults.harness import Fleet, Site
from tests.faults.harness import site as start
from tests.faults.transfers import Transfers, transfers


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with start(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="module")
async def there(site: Site) -> AsyncIterator[Transfers]:
    async with transfers(site) as found:
        yield found


@pytest.fixture(scope="module", params=CARRIED)
async def carried(there: Transfers, request: pytest.FixtureRequest) -> Carried:
    async with Fleet(there.site.service, "services.worker", 1):
        return await CARRIED[request.param](there)
