"""How much processor time something takes, whatever else is going on beside it."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is done takes less time of this thread; nobody tidies up meanwhile what other tests have left."""
    collects = gc.isenabled()
    gc.disable()
    began = time.thread_time()
    try:
        yield
        taken = time.thread_time() - began
    finally:
        if collects:
            gc.enable()
    assert taken < seconds, f"it takes {taken:.3f} s"
