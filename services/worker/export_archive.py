"""The transfer `export_archive`: write an archive of an account's things, as they are at one moment.

They are read while those before them are packed, a few at a time: memory does not grow with the archive.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

from services.worker.ahead import ahead
from services.worker.running import Running
from services.worker.work import Work
from shared.store import selections, snapshots
from shared.store.archives import Archive, Heading
from shared.store.pool import Connection
from shared.store.selections import Selection
from shared.wire.archive.manifest import Manifest, Source
from shared.wire.archive.writing import Writer
from shared.wire.transfer.codec import FORMS, Packer
from shared.wire.transfer.contents import Kind, Piece
from shared.wire.transfer.placeholder import neutral_text
from shared.wire.transfer.requests import Export

PLATFORM = Source("platform", "platform")


async def export_archive(work: Work, running: Running, request: Export) -> None:
    """Write the archive; raises Refused for a policy that is not there, and for what no archive can hold."""
    where = request.coordinates

    async def end(connection: Connection, archive: Archive, _: Archive | None) -> None:
        named = {"group": where.group, "artifact": where.artifact, "version": where.version}
        await running.finish(connection, {"archive": archive.id, **named})

    heading = Heading(where, "export", label=request.label)
    async with aclosing(_bytes(work, running, request)) as data:
        await work.vault.keep(running.account, heading, data, running.by.name, end)


async def _bytes(work: Work, running: Running, request: Export) -> AsyncGenerator[bytes, None]:
    """The archive's bytes, as they are made."""
    account = running.account
    packing = _Packing(request, account)
    async with snapshots.moment(work.pool) as connection:
        selection = await _selection(connection, running, request)
        await running.total(await selections.size(connection, account, selection))
        async with aclosing(ahead(snapshots.pieces(connection, account, selection))) as batches:
            async for pieces in batches:
                yield await asyncio.to_thread(packing.add, pieces)
                await running.done(sum(piece.key.kind is not Kind.MEMBERSHIP for piece in pieces))
    yield await asyncio.to_thread(packing.end)
    await running.say(packing.said)


async def _selection(connection: Connection, running: Running, request: Export) -> Selection:
    if request.policy is None:
        return selections.everything(request.included)
    return await selections.of_policy(connection, running.account, request.policy, request.included)


class _Packing:
    """An archive on its way; each step is for a thread."""

    def __init__(self, request: Export, account: UUID) -> None:
        where, own = request.coordinates, request.policy
        asked = () if own is None else (Source(FORMS[Kind.POLICY].type, neutral_text(own, account)),)
        chain = (PLATFORM, *asked)
        self._writer = Writer(Manifest(where.group, where.artifact, where.version, {}, sources=(chain,)))
        self._packer, self._counts = Packer(), Counter[Kind]()

    def add(self, pieces: list[Piece]) -> bytes:
        """The bytes that are ready, now that there are more pieces."""
        self._counts.update(piece.key.kind for piece in pieces)
        return b"".join(self._writer.add(each) for piece in pieces for each in self._packer.add(piece))

    def end(self) -> bytes:
        """The last bytes."""
        return b"".join([*map(self._writer.add, self._packer.end()), self._writer.end()])

    @property
    def said(self) -> str:
        """How many there are of each kind, for people."""
        counts = (
            f"{kind.value.replace('_', ' ')}: {self._counts[kind]}" for kind in Kind if self._counts[kind]
        )
        return f"packed {', '.join(counts) or 'nothing'}"
