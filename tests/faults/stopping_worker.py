"""A slow worker that stops itself, as a stalled machine would, at one point of one chunk's first attempt.

The first policy's name says at which: `before`, as it evaluates, or `within`, in the finishing transaction.
After `before`, the attempt that follows takes long enough to meet the one that comes back.
"""

import os
import signal
import time
from typing import Any

from services.worker import evaluate
from services.worker.__main__ import main
from shared.store import chunks
from tests.faults import slow_worker

CHUNK = 0


class Watched(dict[str, str]):
    """Queries, one of which stops the process when it comes after the fence of the chunk."""

    armed = False

    def __getitem__(self, name: str) -> str:
        if name == "insert_results" and self.armed:
            self.armed = False
            os.kill(os.getpid(), signal.SIGSTOP)
        return super().__getitem__(name)


def patch() -> None:
    judged, queries = evaluate.judged, Watched(chunks.SQL)
    chunks.SQL = queries

    def stopping(claimed: Any, pinned: Any, found: Any) -> Any:
        name = pinned.plan.applied.plan.policies[0].name
        if claimed.number == CHUNK and claimed.attempt == 1:
            queries.armed = name == "within"
            if name == "before":
                os.kill(os.getpid(), signal.SIGSTOP)
        elif claimed.number == CHUNK and name == "before":
            time.sleep(1.0)
        return judged(claimed, pinned, found)

    evaluate.judged = stopping


if __name__ == "__main__":
    slow_worker.patch()
    patch()
    main()
