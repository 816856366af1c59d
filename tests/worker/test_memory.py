from uuid import uuid4

import pytest

from services.worker.memory import TEST_BYTES, TESTS, PinnedTests
from shared.policy import plans
from shared.policy.plan import Plan
from shared.store.policy_tests import Pinned


def pinned(size: int) -> Pinned:
    return Pinned(plans.ready(Plan(())), {}, 1, 16, size)


@pytest.mark.parametrize(
    ("size", "remembered"), [(100, TESTS), (TEST_BYTES // 3, 3), (TEST_BYTES, 1), (10 * TEST_BYTES, 1)]
)
def test_the_last_tests_are_remembered_as_far_as_they_are_small(size: int, remembered: int) -> None:
    memory, ids = PinnedTests(), [uuid4() for _ in range(TESTS + 5)]
    for test_id in ids:
        memory.put(test_id, pinned(size))
    assert [test_id for test_id in ids if memory.get(test_id)] == ids[-remembered:]
