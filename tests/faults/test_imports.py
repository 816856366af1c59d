import asyncio
import json
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest

from shared.directory import bitmaps
from shared.directory.attributes import COLUMNS
from shared.wire.jobs import Hint, Kind
from tests.faults.checks import check_all
from tests.faults.harness import Fleet, Site, chance, deliver
from tests.faults.population import CASES, Person, lines, people, person
from tests.faults.watch import Watch
from tests.stack import Client, account_id

WORKER = "tests.faults.importing_worker"
PADDING = 2500  # five megabytes in all: five blocks, so five batches
EVERYBODY = people(2000)
SOON_SECONDS = 20.0
COUNTERS = (
    "rows_read",
    "users_created",
    "users_updated",
    "users_unchanged",
    "users_deleted",
    "rows_rejected",
)


async def progress(client: Client, import_id: str) -> Any:
    return (await client.call("GET", f"{{a}}/directory/imports/{import_id}")).result


async def kill_in_the_middle(fleet: Fleet, client: Client, import_id: str) -> Any:
    """Kill all workers again and again while the import goes on; returns how it ended."""
    random, last = chance("imports"), await progress(client, import_id)
    async with asyncio.timeout(60):
        while last["status"] == "processing":
            if fleet.kills < 5 and 0 < last["rows_read"] < last["rows_total"]:
                for worker in fleet.ready:
                    fleet.kill(worker)
            await asyncio.sleep(random.uniform(0.3, 1.0))
            now = await progress(client, import_id)
            assert all(last[name] <= now[name] for name in COUNTERS), (last, now)
            last = now
    return last


async def postings(site: Site, client: Client) -> dict[tuple[str, str, int], object]:
    """The index as it stands; positions depend on nothing but the order of the rows."""
    connection = await site.service.connect()
    try:
        rows = await connection.fetch(
            "SELECT attribute, value, segment, data FROM posting"
            " WHERE account_id = $1 AND valid_to = 9223372036854775807",
            account_id(client),
        )
    finally:
        await connection.close()
    return {
        tuple(key): data if key[0] in COLUMNS else bitmaps.decode(data)
        for *key, data in rows
        if data and (key[0] in COLUMNS or bitmaps.decode(data))
    }


async def check_index(site: Site, client: Client, those: list[Person]) -> None:
    for case in CASES:
        watch = await Watch.start(client, case.policies)
        await watch.ended()
        await check_all(site.service, watch, case.expected(those))


async def interrupt(site: Site, fleet: Fleet, what: str) -> None:
    if what == "database":
        await site.postgres.crash()
        await site.postgres.start()
    for worker in fleet.alive if what == "workers" else ():
        fleet.end(worker)


@pytest.mark.parametrize("what", ["workers", "database"])
async def test_an_interrupted_import_does_not_wait_for_its_lease(site: Site, what: str) -> None:
    client = await site.service.tenant(segment_bits=4)
    settings = {"FAULTS_IMPORT_LEASE_SECONDS": "60", "GATEHOUSE_DRAIN_SECONDS": "0.1"}
    async with Fleet(site.service, WORKER, **settings) as fleet:
        import_id = (await client.upload(BytesIO(lines(EVERYBODY, PADDING)))).result["id"]
        while not (await progress(client, import_id))["rows_read"]:
            await asyncio.sleep(0.02)
        await interrupt(site, fleet, what)
        async with asyncio.timeout(SOON_SECONDS):
            while (await progress(client, import_id))["status"] == "processing":
                await asyncio.sleep(0.1)
        await check_index(site, client, EVERYBODY)


@pytest.fixture(scope="module")
async def fresh(site: Site) -> Client:
    """The same people, imported in peace."""
    async with Fleet(site.service, "services.worker", 1):
        return await site.populated(EVERYBODY)


async def test_an_import_whose_workers_are_killed_goes_on(site: Site, fresh: Client) -> None:
    client = await site.service.tenant(segment_bits=4)
    async with Fleet(site.service, WORKER) as fleet:
        import_id = (await client.upload(BytesIO(lines(EVERYBODY, PADDING)))).result["id"]
        ended = await kill_in_the_middle(fleet, client, import_id)
        assert (ended["status"], ended["users_created"]) == ("complete", len(EVERYBODY))
        assert (ended["rows_read"], ended["rows_total"]) == (len(EVERYBODY), len(EVERYBODY))
        await check_index(site, client, EVERYBODY)
        print(fleet.kills)
    assert fleet.kills
    assert await postings(site, client) == await postings(site, fresh)


def changes() -> tuple[bytes, list[Person]]:
    """A file that changes, removes, keeps and adds users and has bad rows; and who is there afterwards."""
    kept, changed = EVERYBODY[:600], [person(n, country="BR") for n in range(600, 1300) if n % 7]
    alike = [person(n) for n in range(600, 1300) if not n % 7]
    added = [person(n) for n in range(2000, 2500)]
    gone = [
        json.dumps({"email": person(n).email, "deleted": True}).encode() + b"\n" for n in range(1300, 1500)
    ]
    text = lines(kept, PADDING) + b"nonsense\n" * 3 + lines(changed, PADDING) + b"".join(gone)
    return text + lines(alike, PADDING) + lines(added, PADDING), [
        *kept,
        *changed,
        *alike,
        *EVERYBODY[1500:],
        *added,
    ]


async def test_an_import_announced_three_times_counts_each_row_once(site: Site) -> None:
    client, (text, those) = await site.service.tenant(segment_bits=4), changes()
    async with Fleet(site.service, "services.worker", 1):
        await client.imported(BytesIO(lines(EVERYBODY, PADDING)))
    async with Fleet(site.service, WORKER, 3) as fleet:
        import_id = (await client.upload(BytesIO(text))).result["id"]
        hint = Hint(Kind.IMPORT, account_id(client), UUID(import_id))
        await deliver(site.service, [hint])
        ended = await kill_in_the_middle(fleet, client, import_id)
        await deliver(site.service, [hint], first=2000)
        await check_index(site, client, those)
        assert await progress(client, import_id) == ended
    expected = {"status": "complete", "rows_read": 2003, "users_created": 500, "users_updated": 600}
    expected |= {"users_unchanged": 700, "users_deleted": 200, "rows_rejected": 3}
    assert {name: ended[name] for name in expected} == expected
    assert [each["line"] for each in ended["errors"]] == [601, 602, 603]
