"""Users who are made ready as strangers come into the directory as those do who are looked up and merged."""

import json
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.worker.merging import Batch, Merging, Step
from shared.store import imports, pool, rows, strangers, users, writing
from shared.store.imports import ImportClaim
from shared.store.strangers import Place, Strangers
from shared.wire.directory.batches import Prepared, Raw, prepare
from shared.wire.directory.blocks import Cutter
from tests.gateway.rows import lines
from tests.stack import Service
from tests.worker.conftest import Jobs

USERS = """SELECT ordinal, valid_from, valid_to, address, groups::text, identity FROM users
WHERE account_id = $1 ORDER BY ordinal, valid_from"""
POSTINGS = """SELECT attribute, value, segment, data FROM posting
WHERE account_id = $1 AND valid_to = 9223372036854775807 AND length(data) > 0
ORDER BY attribute, value, segment"""
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
# Batches, and how many of the first are of strangers alone.
BATCHES = {
    "strangers": (STRANGERS, 5),
    "one who comes again": ([*STRANGERS[:2], [*STRANGERS[2], CHANGED], *STRANGERS[3:]], 2),
    "many who come again": ([*STRANGERS, *STRANGERS], 5),
    "one who goes": ([*STRANGERS[:3], [{"email": "u7@acme.example", "deleted": True}], *STRANGERS[3:]], 3),
    "one who goes and comes": (
        [*STRANGERS[:2], [{"email": "u7@acme.example", "deleted": True}, stranger(7)], STRANGERS[2]],
        2,
    ),
    "one twice in a batch": ([STRANGERS[0], [stranger(20), stranger(20, name="again")], STRANGERS[2]], 1),
    "one id twice in a batch": (
        [[stranger(1, id=known(1)), stranger(2, id=known(1))], STRANGERS[1]],
        0,
    ),
    "ids": (
        [[stranger(number, id=known(number)) for number in some] for some in (range(9), range(9, 30))],
        2,
    ),
    "an address that is taken": (
        [[stranger(1, id=known(1))], [stranger(2, id=known(2)), stranger(1, id=known(3))], STRANGERS[1]],
        1,
    ),
    "nobody": ([[], STRANGERS[0], [], STRANGERS[1]], 4),
    "rows that are none": (
        [[stranger(1), {"email": "nobody"}], [{"email": "nobody"}], [{"email": 5}, stranger(2)]],
        3,
    ),
    "without a login": ([[{"email": f"u{number}@acme.example"} for number in range(40)], STRANGERS[3]], 2),
}


def raw(some: list[dict[str, Any]]) -> Raw:
    cutter = Cutter("ndjson")
    return Raw("ndjson", b"", [*cutter.feed(lines(*some) or b"\n"), *cutter.finish()])


def prepared(number: int, some: list[dict[str, Any]]) -> Prepared:
    return msgspec.structs.replace(prepare(raw(some), rows.entry), last_block=number)


class Importing:
    """An account into which batches are merged."""

    def __init__(self, jobs: Jobs, claimed: ImportClaim) -> None:
        self._jobs, self._claimed, self._account = jobs, claimed, claimed.account

    async def merged(self, given: list[list[dict[str, Any]]], *, unknown: bool) -> int:
        """Merge batches, as strangers' as long as they are; returns how many were."""
        async with pool.acquire(self._jobs.work.pool) as connection:
            merging = Merging(connection, self._claimed, 60)
            place = strangers.place(self._account, await users.pin(connection, self._account))
            first = await self._several(merging, self._settled(given, place)) if unknown else 0
            looked_up = (prepared(*each) for each in list(enumerate(given))[first:])
            assert await self._several(merging, _each(looked_up)) == len(given) - first
        return first

    async def _several(self, merging: Merging, batches: AsyncGenerator[Batch, None]) -> int:
        """Merge batches, to the last or to one that is not of strangers; returns how many were merged."""
        number = 0
        async with aclosing(batches):
            while (step := await merging.merge(batches)) is Step.MERGED:
                number += 1
        assert step in {Step.FINISHED, Step.KNOWN}
        return number

    async def _settled(
        self, given: list[list[dict[str, Any]]], place: Place
    ) -> AsyncGenerator[Strangers | None, None]:
        for number, some in enumerate(given):
            found = strangers.settle(raw(some), place)
            if found is not None:
                place = place.after(found.users)
                found = msgspec.structs.replace(found, last_block=number)
            yield found

    async def contents(self) -> tuple[list[Any], ...]:
        """Users, postings with what was only logged, what the import has counted."""
        async with pool.acquire(self._jobs.work.pool) as connection:
            async with connection.transaction():
                await writing.fold(connection, self._account)
            found = [await connection.fetch(query, self._account) for query in CONTENTS]
        return tuple([tuple(row) for row in rows] for rows in found)


async def _each(batches: Iterable[Prepared]) -> AsyncGenerator[Prepared, None]:
    for batch in batches:
        yield batch


async def importing(jobs: Jobs, service: Service) -> Importing:
    client = await service.tenant(segment_bits=4)
    import_id = UUID((await client.upload(b"\n")).result["id"])
    async with pool.acquire(jobs.work.pool) as connection:
        claimed = await imports.claim(connection, UUID(client.account), import_id, 60)
    assert claimed is not None
    return Importing(jobs, claimed)


@pytest.mark.parametrize("name", BATCHES)
async def test_strangers_come_in_as_if_they_had_been_looked_up(jobs: Jobs, idle: Service, name: str) -> None:
    batches, alone = BATCHES[name]
    quickly, slowly = await importing(jobs, idle), await importing(jobs, idle)
    assert await quickly.merged(batches, unknown=True) == alone
    await slowly.merged(batches, unknown=False)
    assert await quickly.contents() == await slowly.contents()


async def test_strangers_come_in_beside_those_who_are_there(jobs: Jobs, idle: Service) -> None:
    quickly, slowly = await importing(jobs, idle), await importing(jobs, idle)
    for each, unknown in ((quickly, True), (slowly, False)):
        await each.merged(STRANGERS[:2], unknown=False)
        assert await each.merged(STRANGERS[2:], unknown=unknown) == (3 if unknown else 0)
    assert await quickly.contents() == await slowly.contents()


async def test_what_was_only_logged_is_not_lost_when_strangers_come(jobs: Jobs, idle: Service) -> None:
    quickly, slowly = await importing(jobs, idle), await importing(jobs, idle)
    gone = [{"email": "u7@acme.example", "deleted": True}]
    for each, unknown in ((quickly, True), (slowly, False)):
        await each.merged([*STRANGERS[:2], gone], unknown=False)
        await each.merged(STRANGERS[2:], unknown=unknown)
    assert await quickly.contents() == await slowly.contents()


async def test_strangers_do_not_go_where_others_went_meanwhile(jobs: Jobs, idle: Service) -> None:
    here = await importing(jobs, idle)
    async with pool.acquire(jobs.work.pool) as connection:
        place = strangers.place(here._account, await users.pin(connection, here._account))
        await here.merged(STRANGERS[:1], unknown=False)
        before = await here.contents()
        merging = Merging(connection, here._claimed, 60)
        assert await merging.merge(here._settled(STRANGERS[1:2], place)) is Step.KNOWN
    assert await here.contents() == before


async def test_what_cannot_be_read_is_said_and_nothing_of_it_written(jobs: Jobs) -> None:
    import_id = UUID((await jobs.client.upload(b'{"email": "a@b.example"}\nx\n')).result["id"])
    async with pool.acquire(jobs.work.pool) as connection:
        claimed = await imports.claim(connection, jobs.account, import_id, 60)
        assert claimed is not None

        async def fails() -> AsyncGenerator[Prepared, None]:
            yield prepared(0, STRANGERS[0])
            raise EOFError(json.dumps(STRANGERS[1]))

        async with aclosing(fails()) as batches:
            merging = Merging(connection, claimed, 60)
            assert await merging.merge(batches) is Step.MERGED
            with pytest.raises(EOFError):
                await merging.merge(batches)
    assert await jobs.value("SELECT count(*) FROM users WHERE account_id = $1") == len(STRANGERS[0])
