import os

import pytest

from tests.vault.keeping import heading

MIB = 1 << 20


@pytest.mark.parametrize("length", [0, 1, MIB - 1, MIB, MIB + 1, 9 * MIB + 7])
async def test_what_is_kept_is_what_is_read(keeper, length):
    data = os.urandom(length)
    kept = await keeper.keep(data)
    assert await keeper.data(kept) == data
    assert await keeper.vault.get(keeper.account, kept.id) == kept
    assert await keeper.vault.find(keeper.account, heading().coordinates) == kept
    with await keeper.vault.spool(keeper.account, kept) as file:
        assert file.read() == data
