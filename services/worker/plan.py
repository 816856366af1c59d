"""The job `plan`: bring the postings up to date, pin a test to them, announce its chunks."""

from services.worker.work import TryAgain, Work
from shared.store import policy_tests, writing
from shared.store.errors import TRANSIENT
from shared.store.pool import acquire
from shared.store.sweeps import PLAN_ATTEMPTS
from shared.wire.jobs import Hint, evaluations

RETRY_SECONDS = 1.0


async def plan(work: Work, hint: Hint) -> None:
    """Pin a queued test; raises TryAgain when the database, or a writer of the directory, is in the way."""
    try:
        async with acquire(work.pool) as connection:
            lease = work.settings.lease_seconds
            asked = await policy_tests.claim_plan(
                connection, hint.account, hint.subject, lease, PLAN_ATTEMPTS
            )
            if asked is None:
                return
            async with connection.transaction():
                directory = await writing.fold(connection, hint.account)
                chunks = await policy_tests.pin(connection, hint.account, hint.subject, asked, directory)
    except TRANSIENT as fault:
        raise TryAgain(RETRY_SECONDS) from fault
    await work.hints.announce(evaluations(hint.account, hint.subject, chunks))
