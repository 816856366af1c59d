"""The transfer `export_results`: write the verdicts of a policy test as a file, while they are read."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

from pyroaring import BitMap

from services.worker.ahead import ahead
from services.worker.running import Running
from services.worker.work import Work
from shared.directory.errors import Refused
from shared.policy.facts import Facts
from shared.policy.screening.judge import Judge
from shared.policy.screening.reasons import partition
from shared.store import policy_tests, postings, results
from shared.store.archives import Archive, Heading
from shared.store.policy_tests import Pinned
from shared.store.pool import Connection, acquire
from shared.store.results import Extent
from shared.wire.cloudflare.policy_tests import Row, ShortRow
from shared.wire.results.forms import FORMS, Writer, writer
from shared.wire.transfer.requests import Results


async def export_results(work: Work, running: Running, request: Results) -> None:
    """Write a file of results; raises Refused, Stopped."""
    file = writer(request.format, ShortRow if request.reasons else Row)
    async with acquire(work.pool) as connection:
        known = await results.extent(connection, running.account, request.test_id)
        why = await _why(connection, running.account, request) if known and known.segments else None
    if known is None:
        raise _gone(request.test_id)
    await running.total(known.rows)

    where = request.coordinates
    named = {"group": where.group, "artifact": where.artifact, "version": where.version}

    async def finish(connection: Connection, archive: Archive, _: Archive | None) -> None:
        await running.finish(connection, {"archive": archive.id, **named})

    heading = Heading(where, "results", FORMS[request.format].media)
    rows = _rows(work, running.account, known, why)
    async with aclosing(_pieces(running, rows, file)) as pieces:
        await work.vault.keep(running.account, heading, pieces, running.by.name, finish)


class _Why:
    """The reasons of a test, a segment after another."""

    def __init__(self, pinned: Pinned, judge: Judge) -> None:
        self._pinned, self._judge = pinned, judge
        self._last: tuple[int, dict[str, BitMap]] = (-1, {})

    async def of(self, connection: Connection, account: UUID, segment: int) -> dict[str, BitMap]:
        """A segment's users by the kinds of their reasons. They are right if the test is there afterwards."""
        if self._last[0] != segment:
            where = (self._pinned.version, (segment, segment), self._pinned.plan.terms)
            held = {term: data for _, term, data in await postings.fetch(connection, account, *where)}
            facts = Facts(held, self._pinned.positions.get(segment, {}))
            self._last = segment, await asyncio.to_thread(self._kinds, facts)
        return self._last[1]

    def _kinds(self, facts: Facts) -> dict[str, BitMap]:
        found = dict[str, BitMap]()
        for reason, positions in partition(self._judge, facts).items():
            found[reason.code.value] = found.get(reason.code.value, BitMap()) | positions
        return found


async def _why(connection: Connection, account: UUID, request: Results) -> _Why | None:
    """How the reasons of a test are to be had, if they are asked for; raises Refused where there are none."""
    if not request.reasons:
        return None
    pinned = await policy_tests.pinned(connection, account, request.test_id)
    if pinned is None:
        raise _gone(request.test_id)
    if not pinned.plan.known or not isinstance(pinned.plan.applied, Judge):
        raise Refused(
            "reasons are of tests of policies; this one is of an entitlement, or of a newer version"
        )
    return _Why(pinned, pinned.plan.applied)


async def _pieces(
    running: Running, rows: AsyncGenerator[list[Row], None], file: Writer
) -> AsyncGenerator[bytes, None]:
    """The bytes of the file: one part is read while the one before is written."""
    async with aclosing(ahead(rows)) as parts:
        async for some in parts:
            yield await asyncio.to_thread(file.write, some)
            await running.done(len(some))
    yield await asyncio.to_thread(file.end)


async def _rows(
    work: Work, account: UUID, known: Extent, why: _Why | None
) -> AsyncGenerator[list[Row], None]:
    for part in results.parts(known):
        async with acquire(work.pool) as connection:
            reasons = None if why is None else await why.of(connection, account, part.segment)
            rows = await results.rows(connection, account, known, part, reasons)
        if rows is None:
            raise _gone(known.test_id)
        yield rows


def _gone(test_id: UUID) -> Refused:
    return Refused(f"the policy test `{test_id}` is not there any more, or has not ended")
