"""The job `evaluate`: chunks of a policy test, from postings to verdicts.

A hint says that a test has chunks, not which: whoever is free takes the next, so that workers share a test
evenly, and one pick-up from the queue serves for as many chunks as there are.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping
from functools import partial

from services.worker import metrics
from services.worker.memory import Range
from services.worker.work import TryAgain, Work, insist, whole
from shared.directory import bitmaps
from shared.directory.attributes import Term
from shared.policy.comparison import Balance, balance
from shared.policy.facts import Facts
from shared.policy.verdicts import NOBODY, Verdicts
from shared.process.logs import log
from shared.store import chunks, comparisons, policy_tests, postings
from shared.store.chunks import Claim, Result
from shared.store.errors import TRANSIENT
from shared.store.policy_tests import Bitmaps, Pinned
from shared.store.pool import Connection, acquire
from shared.wire.jobs import Hint

RETRY_SECONDS = 1.0
TURN_SECONDS = 0.5


async def evaluate(work: Work, hint: Hint) -> None:
    """Claim chunks of a test and finish them, one after another, while there are any.

    After a while the job makes way for other tests. Raises TryAgain for that, and when the database is away.
    """
    ends = time.monotonic() + TURN_SECONDS
    while (claimed := await whole(_claim(work, hint))) is not None:
        await _held(work, claimed)
        if time.monotonic() > ends:
            raise TryAgain(0)


async def _claim(work: Work, hint: Hint) -> Claim | None:
    try:
        async with acquire(work.pool) as connection:
            return await chunks.claim(connection, hint.account, hint.subject, work.settings.lease_seconds)
    except TRANSIENT as fault:
        raise TryAgain(RETRY_SECONDS) from fault


async def _held(work: Work, claimed: Claim) -> None:
    """Do a claimed chunk; whatever happens, nobody has to wait for the lease."""
    try:
        async with acquire(work.pool) as connection:
            pinned = await _pinned(connection, work, claimed)
            found = await _postings(connection, work, claimed, pinned)
            base = await _base(connection, claimed, pinned)
            results = await asyncio.to_thread(judged, claimed, pinned, found)
            balance = None if base is None else await asyncio.to_thread(_balance, results, base)
            await chunks.finish(connection, claimed, results, balance)
        _count(results)
    except chunks.Fenced:
        metrics.CHUNKS.labels("fenced").inc()
        log.info("chunk fenced", test=str(claimed.test_id), chunk=claimed.number, attempt=claimed.attempt)
    except asyncio.CancelledError:
        await _give_back(work, claimed)
        raise
    except TRANSIENT as fault:
        await _give_back(work, claimed)
        raise TryAgain(RETRY_SECONDS) from fault


async def _give_back(work: Work, claimed: Claim) -> None:
    metrics.CHUNKS.labels("given back").inc()
    await insist(work, partial(chunks.give_back, claimed=claimed))


async def _pinned(connection: Connection, work: Work, claimed: Claim) -> Pinned:
    known = work.tests.get(claimed.test_id)
    if known is None:
        known = await policy_tests.pinned(connection, claimed.account, claimed.test_id)
        if known is None:
            raise chunks.Fenced
        work.tests.put(claimed.test_id, known)
    if not known.plan.known:
        raise TryAgain(work.settings.rehint_seconds)  # a newer gateway's plan is for a newer worker
    return known


async def _postings(
    connection: Connection, work: Work, claimed: Claim, pinned: Pinned
) -> dict[int, dict[Term, bytes]]:
    """The postings that the plan reads, by segment: from memory, the rest in one query."""
    segments = (claimed.first_segment, claimed.last_segment)
    where: Range = (claimed.account, pinned.version, *segments)
    missing = [term for term in pinned.plan.terms if work.postings.get(where, term) is None]
    fetched: dict[Term, dict[int, bytes]] = {term: {} for term in missing}
    if missing:
        rows = await postings.fetch(connection, claimed.account, pinned.version, segments, missing)
        for segment, term, data in rows:
            fetched[term][segment] = data
    by_segment: defaultdict[int, dict[Term, bytes]] = defaultdict(dict)
    for term in pinned.plan.terms:
        known = fetched[term] if term in fetched else work.postings.get(where, term)
        for segment, data in (known or {}).items():
            by_segment[segment][term] = data
    for term, found in fetched.items():
        work.postings.put(where, term, found)
    metrics.MEMORY.set(work.postings.bytes)
    return by_segment


async def _base(connection: Connection, claimed: Claim, pinned: Pinned) -> dict[int, Bitmaps] | None:
    """What the test is compared with, by segment; None for nothing."""
    if pinned.base_id is None:
        return None
    segments = (claimed.first_segment, claimed.last_segment)
    return await comparisons.base(connection, claimed.account, pinned.base_id, segments)


def _balance(results: list[Result], base: Mapping[int, Bitmaps]) -> Balance:
    """How a chunk's users stand beside the base: all whom either has."""
    found = {each.segment: Bitmaps(each.approved, each.blocked, each.errored) for each in results}
    return balance(
        (_verdicts(base.get(segment)), _verdicts(found.get(segment))) for segment in {*base, *found}
    )


def _verdicts(stored: Bitmaps | None) -> Verdicts:
    return NOBODY if stored is None else Verdicts(*map(bitmaps.decode, stored))


def judged(claimed: Claim, pinned: Pinned, found: Mapping[int, dict[Term, bytes]]) -> list[Result]:
    """The verdicts of a chunk's segments; segments without users have none."""
    segments = range(claimed.first_segment, claimed.last_segment + 1)
    return [
        _result(
            segment, pinned.plan.applied.verdicts(Facts(found[segment], pinned.positions.get(segment, {})))
        )
        for segment in segments
        if segment in found
    ]


def _result(segment: int, verdicts: Verdicts) -> Result:
    approved, blocked, errored = verdicts
    counts = (len(approved), len(blocked), len(errored))
    return Result(
        segment, *counts, bitmaps.encode(approved), bitmaps.encode(blocked), bitmaps.encode(errored)
    )


def _count(results: list[Result]) -> None:
    metrics.CHUNKS.labels("done").inc()
    metrics.EVALUATED.labels("approved").inc(sum(result.users_approved for result in results))
    metrics.EVALUATED.labels("blocked").inc(sum(result.users_blocked for result in results))
    metrics.EVALUATED.labels("error").inc(sum(result.users_errored for result in results))
