import asyncio
import json
from collections.abc import AsyncIterator
from itertools import count, islice
from uuid import UUID

import pytest

from services.cli.generate_directory import lines
from services.worker import merging
from services.worker.preparing import SMALL_ROWS, Preparer, preparing
from shared.directory.errors import Refused
from shared.directory.merge import User, merge
from shared.directory.movement import Movement
from shared.store import rows, strangers
from shared.store.strangers import Place
from shared.wire.directory.batches import Raw, prepare
from shared.wire.directory.blocks import Cutter
from shared.wire.directory.records import ndjson_records

BITS = 4
PLACE = Place(UUID(int=1), 7, 21, BITS)
FIRST = list(islice(lines(60, 1), 60))
# Changed, again as they were, deleted, twice in a batch, rejected.
SECOND = [
    *(json.dumps({**json.loads(line), "identity": {"amr": ["pwd"]}}).encode() + b"\n" for line in FIRST[:9]),
    *FIRST[20:25],
    *(json.dumps({"id": json.loads(line)["id"], "deleted": True}).encode() + b"\n" for line in FIRST[30:40]),
    *[FIRST[31], FIRST[50], FIRST[50][:40] + b"\n", b'{"email": "new@a.example"}\n'],
    b'{"email": "new@a.example", "identity": {"geo": {"country": "DE"}}}\n',
]


def raw(given: list[bytes]) -> Raw:
    cutter = Cutter("ndjson")
    return Raw("ndjson", b"", [*cutter.feed(b"".join(given)), *cutter.finish()])


def at_once(given: list[bytes], known: list[User], start: int, ids: count) -> Movement:
    records = [record for record in ndjson_records(b"".join(given), 1) if hasattr(record, "address")]
    return merge(
        [rows.entry(record) for record in records], known, Movement(BITS), start, lambda: UUID(int=next(ids))
    ).movement


def test_a_batch_indexed_elsewhere_moves_users_as_one_indexed_here(monkeypatch: pytest.MonkeyPatch):
    ids = count()
    monkeypatch.setattr(merging, "uuid4", lambda: UUID(int=next(ids)))
    first, _ = merging._fitted(prepare(raw(FIRST), rows.entry), [], 0, BITS)
    assert first.movement.differences() == at_once(FIRST, [], 0, count()).differences()
    second, _ = merging._fitted(prepare(raw(SECOND), rows.entry), first.rows, 60, BITS)
    assert second.movement.differences() == at_once(SECOND, first.rows, 60, count(60)).differences()
    assert second.tally.updated
    assert second.tally.deleted


@pytest.fixture
async def preparer() -> AsyncIterator[Preparer]:
    async with preparing(SMALL_ROWS + 1) as preparer:
        yield preparer


async def test_the_other_process_reads_as_this_one(preparer: Preparer):
    for given in (FIRST, SECOND):
        there, here = await preparer.prepare(raw(given)), prepare(raw(given), rows.entry)
        assert there == here


async def test_the_other_process_makes_strangers_ready_as_this_one(preparer: Preparer):
    there, here = await preparer.settle(raw(FIRST), PLACE), strangers.settle(raw(FIRST), PLACE)
    assert there == here
    assert there.users == len(FIRST)
    assert await preparer.settle(raw(SECOND), PLACE) is None


async def test_a_refusal_comes_across_and_does_not_end_the_process(preparer: Preparer):
    with pytest.raises(Refused, match="means nothing"):
        await preparer.prepare(Raw("csv", b"email,colour\n", raw(FIRST).blocks))
    assert (await preparer.prepare(raw(FIRST))).entries


async def test_the_process_ends_with_its_input(preparer: Preparer):
    await preparer.prepare(raw(FIRST))
    preparer._process.stdin.close()
    assert await asyncio.to_thread(preparer._process.wait, 10) == 0


async def test_a_process_that_died_is_no_end_of_the_file(preparer: Preparer):
    await preparer.prepare(raw(FIRST))
    preparer._process.kill()
    with pytest.raises((EOFError, OSError)):
        await preparer.prepare(raw(FIRST))
