"""The arq side: which queue runs what, kept going through whatever Redis does."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from arq import Retry, Worker, cron, func
from arq.typing import WorkerCoroutine
from redis.exceptions import RedisError

from services.worker import metrics
from services.worker.evaluate import evaluate
from services.worker.import_directory import import_directory
from services.worker.plan import plan
from services.worker.sweep import Sweeper
from services.worker.transfer import transfer
from services.worker.work import TryAgain, Work
from shared.process.logs import log
from shared.queue import calls, connection
from shared.wire.jobs import QUEUES, Kind, Queue, decode, encode, unpack

Job = Callable[[Work, Any], Awaitable[None]]
JOBS: dict[Kind, Job] = {
    Kind.PLAN: plan,
    Kind.EVALUATE: evaluate,
    Kind.IMPORT: import_directory,
    Kind.TRANSFER: transfer,
}

# A worker looks for work when it is called, and this often without: a call may be missed, and what is put off
# is due without one.
POLL_SECONDS = {Queue.CHUNKS: 0.1, Queue.PLANS: 0.2, Queue.IMPORTS: 0.5, Queue.TRANSFERS: 0.5}
# One chunk at a time in a process: one that takes it down must not be charged to others, and what this
# process is too busy for, another takes.
SLOTS = {Queue.CHUNKS: 1, Queue.PLANS: 4, Queue.IMPORTS: 1, Queue.TRANSFERS: 1}
# Far above what a job takes: arq does not try again what it timed out, and PostgreSQL's leases do.
TIMEOUT_SECONDS = {Queue.CHUNKS: 120, Queue.PLANS: 120, Queue.IMPORTS: 300, Queue.TRANSFERS: 6 * 3600}
READ_LIMIT = (
    1000  # ids that a poll looks at; those that run stay at the front, so a small limit starves a fleet
)
TRIES = 1000  # attempts are counted in PostgreSQL
RETRIES = 20
BACKOFF_SECONDS = (0.2, 5.0)
CANCEL_SECONDS = 0.5


def _job(work: Work, kind: Kind, doing: set[asyncio.Event]) -> WorkerCoroutine:
    """A kind of jobs; `doing` has the ends of those that are being done."""

    async def run(ctx: dict[Any, Any], *args: Any, **_: Any) -> None:  # noqa: ANN401, ARG001  # arq's shape
        hint, started = unpack(args[0]), time.monotonic()
        ending, end = "failed", asyncio.Event()
        doing.add(end)
        try:
            await JOBS[kind](work, hint)
            ending = "done"
        except TryAgain as again:
            ending = "again"
            raise Retry(defer=again.seconds) from again
        except Exception:  # noqa: BLE001  # the queue would drop the job; the sweeper will not
            log.exception("job failed", kind=kind.value, subject=str(hint.subject), number=hint.number)
        finally:
            metrics.JOBS.labels(kind.value, ending).inc()
            metrics.JOB_SECONDS.labels(kind.value).observe(time.monotonic() - started)
            doing.discard(end)
            end.set()

    return run


class _Called(Worker):
    """An arq worker that looks for jobs when it is called, or has ended one, and else every now and then."""

    called: asyncio.Event
    doing: set[asyncio.Event]

    async def main(self) -> None:
        """Look for jobs until cancelled; as arq's own, which only looks every now and then."""
        self.ctx["redis"] = self.pool
        while True:
            self.called.clear()
            await self._poll_iteration()
            await _sleep(self.called, self.poll_delay_s)

    def _release_sem_dec_counter_on_complete(self) -> None:
        super()._release_sem_dec_counter_on_complete()
        self.called.set()


def build(work: Work, queue: Queue, called: asyncio.Event) -> _Called:
    """An arq worker of one queue, called by an event; the one of plans sweeps as well."""
    kinds = [kind for kind, where in QUEUES.items() if where is queue]
    sweeper, doing = Sweeper(work), set[asyncio.Event]()

    async def sweep(ctx: dict[Any, Any], *args: Any, **_: Any) -> None:  # noqa: ANN401, ARG001  # arq's shape
        await sweeper.sweep()

    every_second = [cron(sweep, name="sweep", second=set(range(60)), max_tries=1)]
    worker = _Called(
        [
            func(_job(work, kind, doing), name=kind.value, timeout=TIMEOUT_SECONDS[queue], max_tries=TRIES)
            for kind in kinds
        ],
        queue_name=queue.value,
        redis_pool=connection.connect(work.settings.redis_url, RETRIES, queue),
        cron_jobs=every_second if queue is Queue.PLANS else None,
        handle_signals=False,
        max_jobs=SLOTS[queue],
        poll_delay=POLL_SECONDS[queue],
        queue_read_limit=READ_LIMIT,
        keep_result=0,
        job_serializer=encode,
        job_deserializer=decode,
        log_results=False,
    )
    worker.called, worker.doing = called, doing
    return worker


async def keep_running(work: Work, queue: Queue, stopping: asyncio.Event) -> None:
    """Run a queue's worker until told to stop, then let it finish; start another when Redis takes it down."""
    called = asyncio.Event()
    listening = asyncio.create_task(calls.listen(work.settings.redis_url, queue, called))
    try:
        await _keep_running(work, queue, stopping, called)
    finally:
        await _cancel(listening)


async def _keep_running(work: Work, queue: Queue, stopping: asyncio.Event, called: asyncio.Event) -> None:
    pause, longest = BACKOFF_SECONDS
    while not stopping.is_set():
        worker, started = build(work, queue, called), time.monotonic()
        main = asyncio.create_task(worker.main())
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({main, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if main.done():
            log.warning("queue lost, starting again", queue=queue.value, reason=repr(main.exception()))
            pause = BACKOFF_SECONDS[0] if time.monotonic() - started > longest else min(2 * pause, longest)
        # Also when Redis is lost: what runs goes on, and the next worker must not run beside it.
        await _drain(worker, work.settings.drain_seconds)
        await _cancel(main)
        await _close(worker)
        await _sleep(stopping, pause)


async def _drain(worker: _Called, seconds: float) -> None:
    """Take no more jobs; let those that run end by themselves, then cancel them: they give back.

    That is waited for by ourselves: arq waits no longer for a job when it is cancelled again.
    """
    worker.allow_pick_jobs = False
    running = [task for task in worker.tasks.values() if not task.done()]
    if running:
        _, late = await asyncio.wait(running, timeout=seconds)
        await asyncio.gather(*(_cancel(task) for task in late))
    await asyncio.gather(*(end.wait() for end in worker.doing))


async def _cancel(task: asyncio.Task[None]) -> None:
    """Cancel until it is done: one that meets a time-out inside the Redis client gets lost in it."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=CANCEL_SECONDS)


async def _close(worker: Worker) -> None:
    try:
        await worker.pool.aclose(close_connection_pool=True)
    except (RedisError, OSError) as fault:
        log.debug("connection closed hard", reason=repr(fault))


async def _sleep(event: asyncio.Event, seconds: float) -> None:
    """Until an event, or for so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
