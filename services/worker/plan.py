"""The job `plan`: bring the postings up to date, pin a test to them, announce its chunks."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from services.worker.work import TryAgain, Work
from shared.store import policy_tests, users, writing
from shared.store.errors import TRANSIENT
from shared.store.pool import Connection, acquire
from shared.store.sweeps import PLAN_ATTEMPTS
from shared.store.users import Directory
from shared.wire.jobs import Hint, evaluations

RETRY_SECONDS = 1.0


async def plan(work: Work, hint: Hint) -> None:
    """Pin a queued test; raises TryAgain when the database, or a writer of the directory, is in the way."""
    try:
        async with acquire(work.pool) as connection:
            lease = work.settings.lease_seconds
            named = await policy_tests.claim_plan(
                connection, hint.account, hint.subject, lease, PLAN_ATTEMPTS
            )
            if named is None:
                return
            async with connection.transaction():
                directory = await _folded(connection, hint.account)
                found = await _located(work, connection, hint.account, directory.version, named)
                chunks = await policy_tests.pin(connection, hint.account, hint.subject, found, directory)
    except TRANSIENT as fault:
        raise TryAgain(RETRY_SECONDS) from fault
    await work.hints.announce(evaluations(hint.account, hint.subject, chunks))


async def _folded(connection: Connection, account: UUID) -> Directory:
    """The directory with its postings up to date. Writers are held up only if they were not."""
    directory = await users.pin(connection, account)
    if directory.folded < directory.version:
        return await writing.fold(connection, account)
    return directory


async def _located(
    work: Work, connection: Connection, account: UUID, version: int, named: Sequence[str]
) -> dict[str, int]:
    """Where the addresses are. Of many one half is looked up on another connection, which sees the same.

    A version's users never change, and the transaction of the first keeps them from collection.
    """
    if len(named) <= policy_tests.FEW_ADDRESSES:
        return await policy_tests.located(connection, account, version, named)
    half = len(named) // 2
    async with acquire(work.pool) as other:
        halves = await asyncio.gather(
            policy_tests.located(connection, account, version, named[:half]),
            policy_tests.located(other, account, version, named[half:]),
            return_exceptions=True,  # a connection is left when it has ended, not when the other fails
        )
    found: dict[str, int] = {}
    for each in halves:
        if isinstance(each, BaseException):
            raise each
        found |= each
    return found
