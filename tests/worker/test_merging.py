"""A batch that is merged before its turn comes to the same as one that is merged when all is known."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any
from uuid import UUID

import pytest

from services.worker import merging
from services.worker.merging import Merging
from shared.store import imports, pool, rows
from shared.store.imports import ImportClaim
from shared.wire.directory.batches import Prepared, Raw, prepare
from shared.wire.directory.blocks import Cutter
from tests.gateway.rows import lines
from tests.stack import Service
from tests.worker.conftest import Jobs

USERS = """SELECT ordinal, valid_from, valid_to, address, groups::text, identity FROM users
WHERE account_id = $1 ORDER BY ordinal, valid_from"""
POSTINGS = """SELECT attribute, value, segment, valid_from, valid_to, data FROM posting
WHERE account_id = $1 ORDER BY attribute, value, segment, valid_from"""
COUNTS = """SELECT rows_read, users_created, users_updated, users_unchanged, users_deleted, rows_rejected
FROM directory_import WHERE account_id = $1"""
CONTENTS = (USERS, POSTINGS, COUNTS)


def stranger(number: int, **others: Any) -> dict[str, Any]:
    where = {"ip": f"192.0.2.{number % 200}", "geo": {"country": "DE" if number % 3 else "FR"}}
    return {"email": f"u{number}@acme.example", "groups": [f"g{number % 5}"], "identity": where, **others}


def known(number: int) -> str:
    return str(UUID(int=number + 1))


STRANGERS = [[stranger(number) for number in range(first, first + 20)] for first in range(0, 100, 20)]
CHANGED = stranger(5, groups=[], identity={"amr": ["pwd"]})
BATCHES = {
    "strangers": (STRANGERS, 0),
    "one who comes again": ([*STRANGERS[:2], [*STRANGERS[2], CHANGED], *STRANGERS[3:]], 1),
    "many who come again": ([*STRANGERS, *STRANGERS], 1),
    "one who goes": ([*STRANGERS[:3], [{"email": "u7@acme.example", "deleted": True}], *STRANGERS[3:]], 1),
    "one who goes and comes": (
        [*STRANGERS[:2], [{"email": "u7@acme.example", "deleted": True}, stranger(7)], STRANGERS[2]],
        1,
    ),
    "ids": (
        [[stranger(number, id=known(number)) for number in some] for some in (range(9), range(9, 30))],
        0,
    ),
    "an address that is taken": (
        [[stranger(1, id=known(1))], [stranger(2, id=known(2)), stranger(1, id=known(3))], STRANGERS[1]],
        1,
    ),
    "nobody": ([[], STRANGERS[0], [], STRANGERS[1]], 0),
}


def prepared(number: int, some: list[dict[str, Any]]) -> Prepared:
    cutter = Cutter("ndjson")
    data = [*cutter.feed(lines(*some) or b"\n"), *cutter.finish()]
    found = prepare(Raw("ndjson", b"", data), rows.entry)
    return Prepared(number, found.entries, found.named, found.rejections, found.terms, found.columns)


class Directory:
    """An account into which batches are merged."""

    def __init__(self, jobs: Jobs, claimed: ImportClaim) -> None:
        self._jobs, self._claimed = jobs, claimed

    async def merged(self, batches: list[Prepared]) -> None:
        """Merge batches, each but the first foreseen."""

        async def coming() -> AsyncGenerator[Prepared, None]:
            for each in batches:
                yield each

        async with (
            pool.acquire(self._jobs.work.pool) as connection,
            aclosing(coming()) as found,
            aclosing(Merging(connection, self._claimed, found, 60)) as several,
        ):
            for _ in batches:
                assert await several.merge() is True
            assert await several.merge() is None

    async def contents(self) -> tuple[list[Any], ...]:
        """Users, postings, what the import has counted."""
        async with pool.acquire(self._jobs.work.pool) as connection:
            found = [await connection.fetch(query, self._claimed.account) for query in CONTENTS]
        return tuple([tuple(row) for row in rows] for rows in found)


async def directory(jobs: Jobs, service: Service) -> Directory:
    client = await service.tenant(segment_bits=4)
    import_id = UUID((await client.upload(b"\n")).result["id"])
    async with pool.acquire(jobs.work.pool) as connection:
        claimed = await imports.claim(connection, UUID(client.account), import_id, 60)
    assert claimed is not None
    return Directory(jobs, claimed)


@pytest.mark.parametrize("name", BATCHES)
async def test_what_is_foreseen_comes_to_the_same_as_what_is_known(
    jobs: Jobs, idle: Service, name: str
) -> None:
    batches, _ = BATCHES[name]
    given = [prepared(number, some) for number, some in enumerate(batches)]
    together, apart = await directory(jobs, idle), await directory(jobs, idle)
    await together.merged(given)
    for each in given:
        await apart.merged([each])
    assert await together.contents() == await apart.contents()


@pytest.mark.parametrize("name", BATCHES)
async def test_strangers_are_merged_once(
    jobs: Jobs, idle: Service, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches, again = BATCHES[name]
    fits, fit = list[int](), merging._fitted

    def fitting(some: Prepared, *others: Any) -> Any:
        fits.append(some.last_block)
        return fit(some, *others)

    monkeypatch.setattr(merging, "_fitted", fitting)
    await (await directory(jobs, idle)).merged([prepared(*each) for each in enumerate(batches)])
    assert sorted(set(fits)) == list(range(len(batches)))
    assert len(fits) == len(batches) + again


async def test_what_cannot_be_read_is_said_and_nothing_of_it_written(jobs: Jobs) -> None:
    import_id = UUID((await jobs.client.upload(b'{"email": "a@b.example"}\nx\n')).result["id"])
    async with pool.acquire(jobs.work.pool) as connection:
        claimed = await imports.claim(connection, jobs.account, import_id, 60)
        assert claimed is not None

        async def fails() -> AsyncGenerator[Prepared, None]:
            yield prepared(0, STRANGERS[0])
            raise EOFError(json.dumps(STRANGERS[1]))

        async with aclosing(Merging(connection, claimed, fails(), 60)) as several:
            assert await several.merge() is True
            with pytest.raises(EOFError):
                await several.merge()
    assert await jobs.value("SELECT count(*) FROM users WHERE account_id = $1") == len(STRANGERS[0])
