"""Batches of an import on their way into the directory, each in one transaction.

While PostgreSQL takes one in, the next is merged as if strangers came: what comes of that is used if the
directory turns out to know none of them, as with nearly every batch of a first import.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

from pyroaring import BitMap

from services.worker import metrics
from services.worker.acquaintance import Acquaintance
from shared.directory import bitmaps
from shared.directory.merge import Merged, User, merge
from shared.directory.movement import Movement
from shared.directory.placement import Placement
from shared.directory.postings import Differences
from shared.process.logs import log
from shared.store import imports, users, writing
from shared.store.imports import Batch, ImportClaim
from shared.store.pool import Connection
from shared.store.users import Directory
from shared.wire.directory.batches import Prepared


class _Fitted(NamedTuple):
    """A batch merged with users who were there, from an ordinal on; `made` are ids of users without one."""

    first: int
    merged: Merged
    made: list[UUID]
    differences: Differences | None = None


class _Coming(NamedTuple):
    """A batch, and what comes of it if the directory knows nobody of it; None if somebody is expected."""

    prepared: Prepared
    foreseen: _Fitted | None


class Merging:
    """An import's batches, merged one after another. To be closed, whether all of them were or not."""

    def __init__(
        self,
        connection: Connection,
        claimed: ImportClaim,
        batches: AsyncGenerator[Prepared, None],
        lease_seconds: float,
    ) -> None:
        self._connection, self._claimed, self._lease_seconds = connection, claimed, lease_seconds
        self._batches, self._acquaintance = batches, Acquaintance()
        self._coming = asyncio.create_task(self._next(None, 0))

    async def aclose(self) -> None:
        """Let go of what was coming."""
        self._coming.cancel()
        await asyncio.gather(self._coming, return_exceptions=True)

    async def merge(self) -> bool | None:
        """Merge the next batch; None when there is none, False when the import is somebody else's by now."""
        coming = await self._coming
        if coming is None:
            return None
        connection, claimed, prepared = self._connection, self._claimed, coming.prepared
        async with connection.transaction():
            if not await imports.fence(connection, claimed):
                log.info("import fenced", directory_import=str(claimed.import_id), attempt=claimed.attempt)
                return False
            was = await users.lock(connection, claimed.account)
            named = bitmaps.decode(prepared.named)
            known = await self._known(prepared, named, was)
            fitted = coming.foreseen
            if known or fitted is None or fitted.first != was.next_ordinal:
                fitted = await asyncio.to_thread(_fitted, prepared, known, was.next_ordinal, was.segment_bits)
            merged = fitted.merged
            rejections = prepared.rejections + merged.rejections
            rows = len(prepared.entries) + len(prepared.rejections)
            batch = Batch(prepared.last_block, rows, merged.tally, rejections)
            expected = None if known else merged.next_ordinal
            self._coming = asyncio.create_task(self._next(expected, was.segment_bits))
            del coming, prepared  # a batch is large, and the next ones are there by now
            now = await writing.write(connection, claimed.account, was, merged, fitted.differences)
            await imports.merged(connection, claimed, batch, self._lease_seconds)
        self._acquaintance.met(named, fitted.made, was.version, now.version)
        metrics.IMPORTED.labels("merged").inc(rows - len(rejections))
        metrics.IMPORTED.labels("rejected").inc(len(rejections))
        return True

    async def _known(self, prepared: Prepared, named: BitMap, was: Directory) -> Sequence[User]:
        """Whom of a batch the directory holds."""
        ids, addresses = self._acquaintance.suspects(prepared.entries, named, was.version, was.users)
        if not ids and not addresses:
            return []
        return await users.matching(self._connection, self._claimed.account, ids, addresses)

    async def _next(self, expected: int | None, bits: int) -> _Coming | None:
        """The next batch, merged already if it is expected that strangers get the ordinals from one on."""
        prepared = await anext(self._batches, None)
        if prepared is None or expected is None:
            return None if prepared is None else _Coming(prepared, None)
        return _Coming(prepared, await asyncio.to_thread(_foreseen, prepared, expected, bits))


def _foreseen(prepared: Prepared, first: int, bits: int) -> _Fitted:
    fitted = _fitted(prepared, [], first, bits)
    differences = fitted.merged.movement.differences()
    fitted.merged.movement = Movement(bits)  # it is large, and has said what it knows
    return fitted._replace(differences=differences)


def _fitted(prepared: Prepared, known: Sequence[User], first: int, bits: int) -> _Fitted:
    """Merge a batch with those of it who are known; the others get the ordinals from `first` on."""
    made = list[UUID]()

    def new_id() -> UUID:
        made.append(uuid4())
        return made[-1]

    movement = Movement(bits)
    merged = merge(prepared.entries, known, movement, first, new_id, indexed=True)
    placement = Placement(merged.placed, bits)
    for attribute, value, numbers in prepared.terms:
        for segment, positions in placement.positions(bitmaps.decode(numbers)):
            movement.enter_term((attribute, value), segment, positions)
    for attribute, value, data in prepared.columns:
        for segment, held in placement.items(data):
            movement.enter_items((attribute, value), segment, held)
    return _Fitted(first, merged, made)
