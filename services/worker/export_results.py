"""The transfer `export_results`: write the verdicts of a policy test as a file, while they are read."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

from services.worker.ahead import ahead
from services.worker.running import Running
from services.worker.work import Work
from shared.directory.errors import Refused
from shared.store import results
from shared.store.archives import Archive, Heading
from shared.store.pool import Connection, acquire
from shared.store.results import Extent
from shared.wire.cloudflare.policy_tests import Row
from shared.wire.results.forms import FORMS, Writer, writer
from shared.wire.transfer.requests import Results


async def export_results(work: Work, running: Running, request: Results) -> None:
    """Write a file of results; raises Refused, Stopped."""
    file = writer(request.format)
    async with acquire(work.pool) as connection:
        known = await results.extent(connection, running.account, request.test_id)
    if known is None:
        raise _gone(request.test_id)
    await running.total(known.rows)

    where = request.coordinates
    named = {"group": where.group, "artifact": where.artifact, "version": where.version}

    async def finish(connection: Connection, archive: Archive, _: Archive | None) -> None:
        await running.finish(connection, {"archive": archive.id, **named})

    heading = Heading(where, "results", FORMS[request.format].media)
    async with aclosing(_pieces(work, running, known, file)) as pieces:
        await work.vault.keep(running.account, heading, pieces, running.by.name, finish)


async def _pieces(work: Work, running: Running, known: Extent, file: Writer) -> AsyncGenerator[bytes, None]:
    """The bytes of the file: one part is read while the one before is written."""
    async with aclosing(ahead(_rows(work, running.account, known))) as parts:
        async for rows in parts:
            yield await asyncio.to_thread(file.write, rows)
            await running.done(len(rows))
    yield await asyncio.to_thread(file.end)


async def _rows(work: Work, account: UUID, known: Extent) -> AsyncGenerator[list[Row], None]:
    for part in results.parts(known):
        async with acquire(work.pool) as connection:
            rows = await results.rows(connection, account, known, part)
        if rows is None:
            raise _gone(known.test_id)
        yield rows


def _gone(test_id: UUID) -> Refused:
    return Refused(f"the policy test `{test_id}` is not there any more, or has not ended")
