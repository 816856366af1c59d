"""Lists as long as they may be: taken in seconds while others are served, read page by page at once."""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest

from tests.gateway.list_calls import LISTS, SHAPE, log, numbered, on
from tests.stack import Client, Service

LONG = 100_000
# A write of LONG takes two seconds; the machine may be busy with other tests.
PATIENCE = 20.0


@asynccontextmanager
async def others_served(client: Client) -> AsyncIterator[list[float]]:
    """How long each of many small requests waits meanwhile."""
    waits = list[float]()

    async def poll() -> None:
        while True:
            asked = time.monotonic()
            async with client.session.get(f"{client.url}/livez") as response:
                await response.read()
            waits.append(time.monotonic() - asked)
            await asyncio.sleep(0.01)

    polling = asyncio.create_task(poll())
    yield waits
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)


def large(**given: Any) -> io.BytesIO:
    return io.BytesIO(json.dumps(given).encode())


class Long(NamedTuple):
    """A list of LONG items, and how long others waited while it was created."""

    client: Client
    made: Any
    waits: list[float]


@pytest.fixture(scope="module")
async def long(service: Service) -> Long:
    client = await service.tenant()
    sent = large(name="l", type="EMAIL", items=numbered(*range(LONG)))
    async with others_served(client) as waits, asyncio.timeout(PATIENCE):
        made = (await client.call("POST", LISTS, data=sent)).result
    return Long(client, made, waits)


def test_nobody_waits_for_a_long_list(long: Long) -> None:
    assert (long.made["count"], long.made.keys(), max(long.waits) < 1) == (LONG, SHAPE, True)


async def test_a_long_list_is_replaced_only_by_another(long: Long) -> None:
    client, made, _ = long
    puts = []
    async with others_served(client) as waits, asyncio.timeout(3 * PATIENCE):
        for numbers in (range(LONG), range(LONG), reversed(range(LONG))):
            sent = large(name="l", items=numbered(*numbers))
            puts.append((await on(client, "PUT", made, data=sent)).result)
    assert (puts[0] == puts[1], puts[1]["updated_at"] < puts[2]["updated_at"], max(waits) < 1) == (True,) * 3
    _, document = (await log(client))[-1]
    assert document.keys() & {"items", "items_digest"} == {"items_digest"}


async def test_any_page_of_a_long_list_comes_at_once(long: Long) -> None:
    values = set[str]()
    for page in (1, 50, 99, 100):
        asked = time.monotonic()
        shown = (await on(long.client, "GET", long.made, f"/items?page={page}")).result
        assert time.monotonic() - asked < 1
        values |= {item["value"] for item in shown}
    assert len(values) == 4000


async def test_a_full_list_takes_one_for_one(long: Long) -> None:
    client, made, _ = long
    refused = await on(client, "PATCH", made, json={"append": numbered(LONG)})
    assert (refused.status, [pointer for pointer, _ in refused.faults]) == (400, ["/append"])
    for old, new in ((0, LONG), (LONG, 0)):
        patch = {"remove": [f"u{old}@a.example"], "append": numbered(new)}
        assert (await on(client, "PATCH", made, json=patch)).result["count"] == LONG
        last = (await on(client, "GET", made, f"/items?page={LONG}&per_page=1")).result
        assert [item["value"] for item in last] == [f"u{new}@a.example"]


async def test_a_body_over_the_limit_of_lists_is_refused(client: Client) -> None:
    refused = await client.call("POST", LISTS, data=io.BytesIO(b" " * (16 * 1024 * 1024 + 1)))
    assert (refused.status, refused.body["errors"][0]["code"]) == (413, 10413)
    assert str(16 * 1024 * 1024) in refused.faults[0][1]
