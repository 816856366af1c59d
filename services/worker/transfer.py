"""The job `transfer`: claim one, do what its request says, end it.

The result is made visible by the transaction that ends the job, so an attempt that died left nothing that
anybody sees, and the next begins anew.
"""

import asyncio
import errno
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from services.worker import metrics
from services.worker.export_archive import export_archive
from services.worker.export_results import export_results
from services.worker.import_archive import import_archive
from services.worker.running import RefusedInDetail, Running, Stopped
from services.worker.work import TryAgain, Work, insist, whole
from shared.directory.errors import Refused
from shared.process.logs import log
from shared.store import jobs
from shared.store.errors import TRANSIENT, NoSpace
from shared.store.jobs import JobClaim
from shared.store.pool import Connection, acquire
from shared.vault.errors import Lost, Unreachable
from shared.wire.faults import Faulty
from shared.wire.jobs import Hint, Kind
from shared.wire.transfer import requests
from shared.wire.transfer.requests import Export, Import, Request, Results

Transfer = Callable[[Work, Running, Any], Awaitable[None]]
TRANSFERS: dict[type[Request], Transfer] = {
    Export: export_archive,
    Import: import_archive,
    Results: export_results,
}
RETRY_SECONDS = 1.0
LONGEST_SECONDS = 60.0
# So often a job is begun anew that the database or a stopping worker interrupts: somebody waits for its end.
ATTEMPTS = 20
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


async def transfer(work: Work, hint: Hint) -> None:
    """Do a job; raises TryAgain when the database does not let us."""
    claimed = await whole(_claim(work, hint))
    if claimed is not None:
        await _held(work, claimed)


async def _claim(work: Work, hint: Hint) -> JobClaim | None:
    try:
        async with acquire(work.pool) as connection:
            return await jobs.claim(connection, hint.account, hint.subject, work.settings.lease_seconds)
    except TRANSIENT as fault:
        raise TryAgain(RETRY_SECONDS) from fault


async def _held(work: Work, claimed: JobClaim) -> None:
    """Do a claimed job; whatever happens, nobody has to wait for the lease."""
    try:
        await _done(work, claimed)
        _count("finished")
    except Stopped:
        log.info("transfer stopped", job=str(claimed.job_id), attempt=claimed.attempt)
        await _give_back(work, claimed, "the lease was lost")
    except asyncio.CancelledError:
        await _give_back(work, claimed, "the worker is stopping")
        raise
    except Refused as refusal:
        result = refusal.result if isinstance(refusal, RefusedInDetail) else None
        await _fail(work, claimed, str(refusal), result)
    except Faulty as faulty:
        await _fail(work, claimed, _said(faulty))
    except NoSpace:
        await _fail(work, claimed, "no space is left in the database; try again when there is")
    except TRANSIENT as fault:
        await _interrupted(work, claimed, fault)
    except Exception as fault:  # noqa: BLE001  # whatever it is, somebody waits for the job to end
        log.exception("transfer failed", job=str(claimed.job_id), attempt=claimed.attempt)
        await _stalled(work, claimed, fault)


async def _done(work: Work, claimed: JobClaim) -> None:
    request, running = requests.decode(claimed.request), Running(work, claimed)
    async with running.beating():
        await TRANSFERS[type(request)](work, running, request)
    if not running.finished:
        raise RuntimeError("the transfer returned without an end")


def _said(faulty: Faulty) -> str:
    return "; ".join(
        fault.message if fault.pointer is None else f"{fault.message} at `{fault.pointer}`"
        for fault in faulty.faults
    )


async def _interrupted(work: Work, claimed: JobClaim, fault: BaseException) -> None:
    """Try again what may pass by itself, ever more slowly. A full disk is told at once: it does not."""
    log.warning("transfer interrupted", job=str(claimed.job_id), attempt=claimed.attempt, reason=repr(fault))
    if isinstance(fault, OSError) and fault.errno in FULL:
        await _fail(work, claimed, "no space is left where the worker writes; try again when there is")
    elif claimed.attempt >= ATTEMPTS:
        await _fail(work, claimed, f"interrupted {claimed.attempt} times, at last because {_why(fault)}")
    else:
        await _give_back(work, claimed, _why(fault), announced=False)
        raise TryAgain(min(LONGEST_SECONDS, RETRY_SECONDS * 2 ** (claimed.attempt - 1))) from fault


def _why(fault: BaseException) -> str:
    """What an interruption is called where everybody reads it."""
    return str(fault) if isinstance(fault, Lost | Unreachable) else "the database was away or busy"


async def _stalled(work: Work, claimed: JobClaim, fault: Exception) -> None:
    if claimed.stalled >= jobs.STALLS:
        await _fail(work, claimed, "a fault of the service; its log has more, under the id of this job")
    else:
        await _give_back(work, claimed, "a fault of the service", charged=True, announced=False)
        raise TryAgain(RETRY_SECONDS) from fault


async def _fail(work: Work, claimed: JobClaim, message: str, result: object | None = None) -> None:
    _count("error")
    await insist(work, partial(jobs.fail, claimed=claimed, message=message, result=result))


async def _give_back(
    work: Work, claimed: JobClaim, why: str, *, charged: bool = False, announced: bool = True
) -> None:
    """Let whoever is free begin it anew; announce that, or else try again oneself."""

    async def give_back(connection: Connection) -> None:
        hint = await jobs.give_back(connection, claimed, f"to be started again: {why}", charged=charged)
        _count("stopped" if hint is None else "given back")
        if hint is not None and announced:
            await work.hints.announce([Hint(Kind.TRANSFER, claimed.account, claimed.job_id, 0, hint)])

    await insist(work, give_back)


def _count(ending: str) -> None:
    metrics.TRANSFERS.labels(ending).inc()
