import pytest

from tests.gateway.cloudcms.vaults.shelf import Shelf
from tests.stack import Service


@pytest.fixture
async def shelf(service: Service) -> Shelf:
    return Shelf(await service.tenant())
