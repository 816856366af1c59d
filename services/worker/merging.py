"""Batches of an import on their way into the directory, each in one transaction."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from enum import Enum
from uuid import UUID, uuid4

from pyroaring import BitMap

from services.worker import metrics
from services.worker.acquaintance import Acquaintance
from shared.directory import bitmaps
from shared.directory.merge import Merged, Tally, User, merge
from shared.directory.movement import Movement
from shared.directory.placement import Placement
from shared.process.logs import log
from shared.store import imports, strangers, users, writing
from shared.store.imports import ImportClaim
from shared.store.pool import Connection
from shared.store.strangers import Strangers
from shared.store.users import Directory
from shared.wire.directory.batches import Prepared

Batch = Prepared | Strangers | None
"""Users to look up and merge; users who are all strangers, if that holds; some who cannot all be."""


class Step(Enum):
    """What came of going on.

    A batch is merged; there is none left; the import is somebody else's by now; not all users are strangers
    who were made ready as such, and nothing of their batch was written.
    """

    MERGED = "merged"
    FINISHED = "finished"
    FENCED = "fenced"
    KNOWN = "known"


class Merging:
    """A claimed import, and what is known of the directory."""

    def __init__(self, connection: Connection, claimed: ImportClaim, lease_seconds: float) -> None:
        self._connection, self._claimed, self._lease_seconds = connection, claimed, lease_seconds
        self._acquaintance = Acquaintance()

    async def merge(self, batches: AsyncGenerator[Batch, None]) -> Step:
        """Merge the next batch."""
        async for batch in batches:
            return Step.KNOWN if batch is None else await self._merge(batch)
        return Step.FINISHED

    async def _merge(self, batch: Prepared | Strangers) -> Step:
        connection, claimed, named = self._connection, self._claimed, bitmaps.decode(batch.named)
        async with connection.transaction():
            if not await imports.fence(connection, claimed):
                log.info("import fenced", directory_import=str(claimed.import_id), attempt=claimed.attempt)
                return Step.FENCED
            was = await users.lock(connection, claimed.account)
            known = await self._known(batch, self._acquaintance.suspected(named, was.version, was.users))
            if isinstance(batch, Prepared):
                now, counted, made = await self._write(batch, known, was)
            elif known or batch.place != strangers.place(claimed.account, was):
                return Step.KNOWN
            else:
                now, counted, made = await self._enter(batch, was)
            await imports.merged(connection, claimed, counted, self._lease_seconds)
        self._acquaintance.met(named, made, was.version, now.version)
        rejected = len(counted.rejections)
        metrics.IMPORTED.labels("merged").inc(counted.rows - rejected)
        metrics.IMPORTED.labels("rejected").inc(rejected)
        return Step.MERGED

    async def _known(self, batch: Prepared | Strangers, suspected: BitMap) -> Sequence[User]:
        """Whom of a batch the directory holds, of those whom it may."""
        if not suspected:
            return []
        return await users.matching(self._connection, self._claimed.account, *batch.suspects(suspected))

    async def _enter(self, batch: Strangers, was: Directory) -> tuple[Directory, imports.Batch, list[UUID]]:
        now = await writing.enter(self._connection, self._claimed.account, was, batch)
        rows = batch.users + len(batch.rejections)
        return now, imports.Batch(batch.last_block, rows, Tally(created=batch.users), batch.rejections), []

    async def _write(
        self, batch: Prepared, known: Sequence[User], was: Directory
    ) -> tuple[Directory, imports.Batch, list[UUID]]:
        """Write a batch; the ids are those that users got who had none."""
        merged, made = await asyncio.to_thread(_fitted, batch, known, was.next_ordinal, was.segment_bits)
        now = await writing.write(self._connection, self._claimed.account, was, merged)
        rows = len(batch.entries) + len(batch.rejections)
        rejections = batch.rejections + merged.rejections
        return now, imports.Batch(batch.last_block, rows, merged.tally, rejections), made


def _fitted(batch: Prepared, known: Sequence[User], first: int, bits: int) -> tuple[Merged, list[UUID]]:
    """Merge a batch with those of it who are known; the others get the ordinals from `first` on."""
    made = list[UUID]()

    def new_id() -> UUID:
        made.append(uuid4())
        return made[-1]

    movement = Movement(bits)
    merged = merge(batch.entries, known, movement, first, new_id, indexed=True)
    placement = Placement(merged.placed, bits)
    for attribute, value, numbers in batch.terms:
        for segment, positions in placement.positions(bitmaps.decode(numbers)):
            movement.enter_term((attribute, value), segment, positions)
    for attribute, value, data in batch.columns:
        for segment, held in placement.items(data):
            movement.enter_items((attribute, value), segment, held)
    return merged, made
