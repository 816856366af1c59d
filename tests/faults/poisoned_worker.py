"""A slow worker that one chunk of one test takes down, as running out of memory would."""

import os
from typing import Any

from services.worker import evaluate
from services.worker.__main__ import main
from tests.faults import slow_worker

POLICY, CHUNK = "poison", 5


def patch() -> None:
    judged = evaluate.judged

    def dying(claimed: Any, pinned: Any, found: Any) -> Any:
        if pinned.plan.applied.plan.policies[0].name == POLICY and claimed.number == CHUNK:
            os._exit(1)
        return judged(claimed, pinned, found)

    evaluate.judged = dying


if __name__ == "__main__":
    slow_worker.patch()
    patch()
    main()
