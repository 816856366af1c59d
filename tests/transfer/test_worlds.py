"""Worlds, as strategies make them, can be written as they are."""

from random import Random

import pytest

from shared.store import access_policies, assignments, lists
from tests.transfer.strategies import MOST, world
from tests.transfer.writing import write


@pytest.mark.parametrize("seed", range(25))
async def test_a_world_can_be_written(connection, new_account, seed):
    made, account = world(MOST, Random(seed)), await new_account()
    await write(connection, account, made, seed)
    assert (await access_policies.usage(connection, account)).number == 4
    assert await assignments.number(connection, account) == len(made.assignments)
    assert await lists.count(connection, account) == 4
