"""What a process needs to keep and to read an archive does not grow with it."""

import resource
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from shared.vault.vault import Vault
from tests.vault.keeping import MIB, heading

LENGTH, MORE = 256 * MIB, 64 * MIB


async def pieces() -> AsyncIterator[bytes]:
    for number in range(LENGTH // MIB):
        yield bytes([number]) * MIB


@pytest.mark.parametrize("url", ["database:"])
async def test_memory_stays_flat(keeper, settings):
    vault = Vault(replace(settings, archives_bytes=LENGTH), keeper.connections)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kept = await vault.keep(keeper.account, heading(), pieces(), "Ann")
    (await vault.spool(keeper.account, kept)).close()
    assert kept.length == LENGTH
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10 < MORE
