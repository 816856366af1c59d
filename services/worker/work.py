"""What every job works with, and how jobs say that they should be tried again."""

from typing import NamedTuple

from services.worker.memory import PinnedTests, PostingMemory
from shared.process.settings import Settings
from shared.queue.hints import Hints
from shared.store.pool import Pool


class TryAgain(Exception):  # noqa: N818  # an instruction to the queue, not an error
    """The job could not be done now; nothing was written, and it may be done later."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class Work(NamedTuple):
    """One process's resources."""

    settings: Settings
    pool: Pool
    hints: Hints
    postings: PostingMemory
    tests: PinnedTests
