"""`python -m services.worker`: settings, resources, queues; ends when told to, after what runs has ended."""

import argparse
import asyncio
import gc
import sys

from services.worker import health, queues
from services.worker.memory import PinnedTests, PostingMemory
from services.worker.work import Work
from shared.process.logs import log
from shared.process.settings import Settings
from shared.process.startup import begin, stop_requested
from shared.queue.hints import Hints
from shared.store import pool
from shared.vault.vault import Vault
from shared.wire.jobs import Queue

# A batch of an import makes half a million objects that live to its end; looking through them again and again
# for cycles doubles what it costs.
COLLECT_EVERY = 1_000_000
# The loop gets the interpreter back so soon from a thread that computes. Python's own 5 ms would pass at each
# answer from the database, for tests while a transfer packs and for the transfer itself.
SWITCH_SECONDS = 0.0005


async def serve(settings: Settings, wanted: list[Queue]) -> None:
    """Work on some queues until SIGTERM or SIGINT."""
    stopping = stop_requested()
    database = await pool.open_pool(settings.database_url, settings.pool_size, "gatehouse-worker")
    hints = Hints(settings.redis_url)
    memory = PostingMemory(settings.cache_bytes)
    work = Work(settings, database, hints, memory, PinnedTests(), Vault(settings, database))
    runner = await health.serve(settings.worker_host, settings.worker_port)
    try:
        await asyncio.gather(*(queues.keep_running(work, queue, stopping) for queue in wanted))
    finally:
        log.info("worker stopping")
        await runner.cleanup()
        await hints.close()
        await pool.close(database)


def main() -> None:
    """Read the command line and the environment, then serve."""
    parser = argparse.ArgumentParser(
        prog="python -m services.worker",
        description="Evaluates policy tests, merges imports, carries archives; configured by the environment",
    )
    names = [queue.name.lower() for queue in Queue]
    parser.add_argument(
        "--queue", action="append", choices=names, help="work on this queue only (repeatable)"
    )
    wanted = [Queue[name.upper()] for name in parser.parse_args().queue or names]
    settings = begin()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)
    sys.setswitchinterval(SWITCH_SECONDS)
    asyncio.run(serve(settings, wanted))


if __name__ == "__main__":
    main()
