"""The job `plan`: bring the postings up to date, pin a test to them, announce its chunks."""

import asyncio
from functools import partial
from uuid import UUID

from services.worker.work import TryAgain, Work, insist, whole
from shared.policy.plans import Named
from shared.store import policy_tests, users, writing
from shared.store.errors import TRANSIENT
from shared.store.policy_tests import Planning
from shared.store.pool import Connection, Pool, acquire
from shared.store.sweeps import PLAN_ATTEMPTS
from shared.store.users import Directory
from shared.wire.jobs import Hint, evaluations

RETRY_SECONDS = 1.0
# So often a writer may come between folding and pinning before it has to wait for both.
FOLDS = 3


async def plan(work: Work, hint: Hint) -> None:
    """Pin a queued test; raises TryAgain when the database, or a writer of the directory, is in the way."""
    claimed = await whole(_claim(work, hint))
    if claimed is None:
        return
    try:
        async with acquire(work.pool) as connection:
            chunks = await _pinned(work, connection, hint, claimed.named)
    except asyncio.CancelledError:
        await _give_back(work, hint, claimed)
        raise
    except TRANSIENT as fault:
        await _give_back(work, hint, claimed)
        raise TryAgain(RETRY_SECONDS) from fault
    await work.hints.announce(evaluations(hint.account, hint.subject, chunks))


async def _claim(work: Work, hint: Hint) -> Planning | None:
    lease = work.settings.lease_seconds
    try:
        async with acquire(work.pool) as connection:
            return await policy_tests.claim_plan(connection, hint.account, hint.subject, lease, PLAN_ATTEMPTS)
    except TRANSIENT as fault:
        raise TryAgain(RETRY_SECONDS) from fault


async def _give_back(work: Work, hint: Hint, claimed: Planning) -> None:
    give_back = policy_tests.give_back_plan
    await insist(
        work,
        partial(give_back, account=hint.account, test_id=hint.subject, attempt=claimed.attempt),
    )


async def _pinned(work: Work, connection: Connection, hint: Hint, named: Named) -> int:
    """Pin a test to the directory with its postings up to date; returns how many chunks it has.

    Finding users takes a while, so writers are held up by folding only, not by what comes after it.
    """
    for _ in range(FOLDS):
        async with connection.transaction():
            directory = await users.pin(connection, hint.account)
            if directory.folded == directory.version:
                return await _pin(work, connection, hint, named, directory)
        async with connection.transaction():
            await writing.fold(connection, hint.account)
    async with connection.transaction():
        return await _pin(work, connection, hint, named, await writing.fold(connection, hint.account))


async def _pin(work: Work, connection: Connection, hint: Hint, named: Named, directory: Directory) -> int:
    found = await _located(work.pool, connection, hint.account, directory.version, named)
    return await policy_tests.pin(connection, hint.account, hint.subject, found, directory)


async def _located(
    pool: Pool, connection: Connection, account: UUID, version: int, named: Named
) -> dict[str, int]:
    """Where the named are. Of many one half is looked up on another connection, which sees the same.

    A version's users never change, and the transaction of the first keeps them from collection. Nobody waits
    for the other connection: those who have one could all wait for a second.
    """
    if len(named.keys) <= policy_tests.FEW_NAMED or not _spare(pool):
        return await policy_tests.located(connection, account, version, named)
    middle = len(named.keys) // 2
    one, two = Named(named.by, named.keys[:middle]), Named(named.by, named.keys[middle:])
    async with acquire(pool) as other:
        halves = await asyncio.gather(
            policy_tests.located(connection, account, version, one),
            policy_tests.located(other, account, version, two),
            return_exceptions=True,  # a connection is left when it has ended, not when the other fails
        )
    found: dict[str, int] = {}
    for each in halves:
        if isinstance(each, BaseException):
            raise each
        found |= each
    return found


def _spare(pool: Pool) -> bool:
    """Whether a connection is to be had at once."""
    return pool.get_size() - pool.get_idle_size() < pool.get_max_size()
