"""An export is a job that ends with an archive in the vault, or with a reason and nothing."""

import asyncio
import io
import tracemalloc
import zipfile
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.worker.transfer import transfer
from shared.store import jobs as store
from shared.store import pool
from shared.store.archives import Archive
from shared.store.audit import Actor
from shared.store.jobs import Job
from shared.wire.archive.manifest import Coordinates, Source
from shared.wire.archive.reading import Archive as Opened
from shared.wire.jobs import Hint, Kind
from shared.wire.transfer import codec, contents
from shared.wire.transfer.requests import Export, Included, Label
from tests.transfer import reading
from tests.transfer.strategies import MOST, world
from tests.transfer.worlds import Own, World
from tests.transfer.writing import write
from tests.worker.conftest import Jobs

WHERE = Coordinates("g", "a", "1")
BY = Actor("tok", "Ann")


class Exports:
    """One account, and exports from it."""

    def __init__(self, owner: Jobs) -> None:
        self.work, self.account, self.value = owner.work, owner.account, owner.value
        self._ids = list[UUID]()

    async def write(self, made: World) -> None:
        async with pool.acquire(self.work.pool) as connection:
            await write(connection, self.account, made)

    async def pieces(
        self, included: Included = reading.ALL, policy: str | None = None
    ) -> list[contents.Piece]:
        async with pool.acquire(self.work.pool) as connection:
            return await reading.pieces(connection, self.account, included, policy)

    async def begin(self, request: Export) -> None:
        self._ids.append(uuid4())
        async with pool.acquire(self.work.pool) as connection:
            await store.insert(connection, self.account, self._ids[-1], request, BY)

    async def run(self) -> Job:
        await transfer(self.work, Hint(Kind.TRANSFER, self.account, self._ids[-1]))
        return await self.now()

    async def exported(self, request: Export) -> Job:
        await self.begin(request)
        return await self.run()

    async def now(self) -> Job:
        async with pool.acquire(self.work.pool) as connection:
            found = await store.get(connection, self.account, self._ids[-1])
        assert found is not None
        return found

    async def archive(self) -> Archive | None:
        return await self.work.vault.find(self.account, WHERE)

    async def data(self) -> bytes:
        archive = await self.archive()
        assert archive is not None
        return b"".join([piece async for piece in self.work.vault.read(self.account, archive)])


@pytest.fixture
async def exports(jobs: Jobs) -> Exports:
    return Exports(jobs)


async def test_an_export_ends_with_an_archive_of_everything(exports: Exports) -> None:
    await exports.write(world(MOST, Random(3)))
    job = await exports.exported(Export(WHERE, label=Label("All", "of it", published=True)))
    archive = await exports.archive()
    assert archive is not None
    assert (job.state, job.percent, job.done) == ("FINISHED", 100, job.total)
    assert b'{"archive":"%s","group":"g","artifact":"a","version":"1"}' % str(archive.id).encode() == bytes(
        job.result
    )
    assert (archive.heading.label.title, archive.heading.kind, archive.created_by) == ("All", "export", "Ann")
    data = await exports.data()
    assert reading.unpacked(data) == await exports.pieces()
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        assert all(name.startswith("platform/") for name in file.namelist()[:-1])
    assert Opened(io.BytesIO(data)).manifest.sources == ((Source("platform", "platform"),),)
    assert "access policy: 4" in job.log[-2].message


async def test_an_export_of_one_policy_has_that_and_what_belongs_to_it(exports: Exports) -> None:
    made = world(MOST, Random(5))
    await exports.write(made)
    policy = made.policies[0].id
    job = await exports.exported(Export(WHERE, policy))
    assert job.state == "FINISHED"
    data = await exports.data()
    assert reading.unpacked(data) == await exports.pieces(policy=policy)
    manifest = Opened(io.BytesIO(data)).manifest
    assert manifest.sources == ((Source("platform", "platform"), Source("accessPolicy", policy)),)
    reference = codec.reference(contents.Key(contents.Kind.POLICY, policy))
    assert manifest.contents[reference].location == f"platform/accesspolicies/{policy}.json"


async def test_the_same_account_is_the_same_bytes_again(exports: Exports) -> None:
    await exports.write(world(MOST, Random(6)))
    await exports.exported(Export(WHERE))
    first, data = await exports.archive(), await exports.data()
    await exports.exported(Export(WHERE))
    second = await exports.archive()
    assert first is not None
    assert second is not None
    assert (first.digest, data) == (second.digest, await exports.data())
    assert first.id != second.id


async def test_an_account_that_has_nothing_is_an_archive_of_nothing(exports: Exports) -> None:
    job = await exports.exported(Export(WHERE))
    assert (job.state, job.done, job.total, job.log[-2].message) == ("FINISHED", 0, 0, "packed nothing")
    assert reading.unpacked(await exports.data()) == []


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ("x", "there is no access policy `x`"),
        ("project-owner", "`project-owner` is a system policy, which every account has"),
    ],
)
async def test_what_cannot_be_exported_ends_with_a_reason(exports: Exports, policy: str, reason: str) -> None:
    job = await exports.exported(Export(WHERE, policy))
    assert (job.state, job.log[-1].message) == ("ERROR", reason)
    assert await exports.archive() is None


LISTED = (
    "INSERT INTO list (account_id, list_id, name, type, items, digest) VALUES ($1, $2, 'l', 'URL', 0, '')"
)
ITEMS = """
INSERT INTO list_item (account_id, list_id, number, value, canonical, description)
SELECT $1, $2, number, 'https://' || number || '.example', number::text, {}
FROM generate_series(1, $3) AS number
"""
REPEATED, RANDOM = "repeat('a', 1000)", "encode(sha256(number::text::bytea), 'hex')"


async def long_list(exports: Exports, items: int, description: str) -> None:
    own = uuid4()
    await exports.value(LISTED, own)
    await exports.value(ITEMS.format(description), own, items)


async def test_what_repeats_itself_is_not_taken_for_an_attack(exports: Exports) -> None:
    await exports.write(World(policies=(Own("p", {"description": "a" * 200_000}),)))
    assert (await exports.exported(Export(WHERE))).state == "FINISHED"
    assert reading.unpacked(await exports.data()) == await exports.pieces()


async def test_a_list_that_no_archive_can_hold_is_named(exports: Exports) -> None:
    await long_list(exports, 40_000, REPEATED)
    job = await exports.exported(Export(WHERE))
    message = "the list `l` takes more than 33554432 bytes, which no archive can hold"
    assert (job.state, job.log[-1].message) == ("ERROR", message)
    assert await exports.archive() is None


async def test_an_export_that_is_killed_leaves_no_archive(exports: Exports) -> None:
    for _ in range(12):
        await long_list(exports, 20_000, RANDOM)
    await exports.begin(Export(WHERE))
    running = asyncio.create_task(exports.run())
    async with asyncio.timeout(20):
        while (await exports.now()).done == 0:
            await asyncio.sleep(0.02)
    async with pool.acquire(exports.work.pool) as connection:
        assert await store.kill(connection, exports.account, exports._ids[-1], BY)
    assert (await running).state == "ERROR"
    assert await exports.archive() is None


async def test_memory_does_not_grow_with_the_account(exports: Exports) -> None:
    """Each list takes two megabytes, and a few of them are there at a time."""
    peaks = []
    for more in (2, 20):
        for _ in range(more):
            await long_list(exports, 16_000, RANDOM)
        tracemalloc.start()
        assert (await exports.exported(Export(WHERE))).state == "FINISHED"
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    archive: Any = await exports.archive()
    assert archive.length > 12 << 20
    assert peaks[1] < 1.25 * peaks[0] + (4 << 20), peaks
