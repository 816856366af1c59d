"""No account can hold what all of them share; one that is being written to says so."""

import asyncio
import io
import json
import time
from contextlib import AsyncExitStack
from uuid import UUID

import pytest

from services.gateway import resources
from services.gateway.turns import Crowded, Turns, lane
from shared.store import pool
from shared.store.resources import SQL as LOCKS
from tests.gateway.list_calls import LISTS, created, items, on
from tests.gateway.rows import people
from tests.gateway.sockets import head, line
from tests.gateway.users import USERS
from tests.stack import Client, Service, account_id

ANN, BOB = UUID(int=1), UUID(int=2)


async def test_turns_are_had_in_the_order_in_which_they_were_asked_for():
    turns, order = Turns(2, 5.0), []

    async def work(number):
        async with turns.turn(ANN):
            order.append(number)
            await asyncio.sleep(0.001)

    await asyncio.gather(*map(work, range(20)))
    assert order == list(range(20))


async def test_an_account_waits_for_its_own_turns_only():
    turns = Turns(1, 0.01)
    async with turns.turn(ANN), turns.turn(BOB):
        with pytest.raises(Crowded):
            async with turns.turn(ANN):
                raise AssertionError("a turn too many")
    async with turns.turn(ANN):
        pass


async def test_what_all_have_together_is_bounded_too():
    turns = Turns(1, 0.01, altogether=1)
    async with turns.turn(ANN):
        with pytest.raises(Crowded):
            async with turns.turn(BOB):
                raise AssertionError("a turn too many")
    async with turns.turn(BOB):
        pass


async def test_idle_accounts_leave_nothing_behind():
    turns = Turns(1, 5.0, altogether=1)

    async def work(number):
        async with turns.turn(UUID(int=number % 5)):
            await asyncio.sleep(0)
            if number % 3 == 0:
                raise ValueError

    tasks = [asyncio.create_task(work(number)) for number in range(30)]
    await asyncio.sleep(0)
    assert len(turns) == 5
    for task in tasks[20:]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert len(turns) == 0
    async with turns.turn(ANN):
        pass


async def test_who_waits_is_told_for_whom():
    turns = Turns(1, 0.01, altogether=1)
    async with turns.turn(ANN):
        for account, said in ((ANN, "of this account"), (BOB, "of other accounts")):
            with pytest.raises(Crowded, match=said):
                async with turns.turn(account):
                    raise AssertionError("a turn too many")


SLOW = {
    "archives": ("/vaults/primary/archives", "application/zip"),
    "directories": ("{a}/directory/imports", "application/x-ndjson"),
}


@pytest.mark.parametrize("what", SLOW)
async def test_slow_uploads_of_one_account_leave_room_for_others(service: Service, what: str) -> None:
    client, other = await service.tenant(), await service.tenant()
    path, kind = SLOW[what]
    where = path.replace("{a}", f"/accounts/{client.account}")
    about = (f"Authorization: Bearer {client.token}", f"Content-Type: {kind}", "Content-Length: 9")
    async with AsyncExitStack() as slow:
        for _ in range(resources.UPLOADS):
            (await slow.enter_async_context(line(service.url))).writer.write(
                head("POST", where, *about) + b"x"
            )
        await asyncio.sleep(0.3)
        began = time.monotonic()
        assert (await other.upload(people(1))).status == 202
        assert (await other.call("POST", SLOW["archives"][0], data=b"x")).status == 400
        assert time.monotonic() - began < resources.LARGE_SECONDS / 2
        crowded = await client.call("POST", path, data=b"x", headers={"Content-Type": kind})
        assert crowded.status == 429
        assert "requests of this account at once" in str(crowded.body)
    assert (await client.upload(people(1))).status == 202


@pytest.mark.parametrize(("connections", "share", "writers"), [(1, 1, 1), (2, 1, 1), (5, 3, 1), (10, 6, 4)])
def test_an_account_never_has_all_connections_nor_its_writes_all_of_its_own(connections, share, writers):
    assert (resources.share(connections), resources.writers(connections)) == (share, writers)


async def test_an_account_takes_no_more_connections_than_its_turns(database: str) -> None:
    shared, turns = await pool.open_pool(database, 3, "test"), Turns(2, 0.05)
    ann, bob = (lane(shared, turns, account) for account in (ANN, BOB))
    async with pool.acquire(ann), pool.acquire(ann) as second:
        assert await second.fetchval("SELECT 1") == 1
        with pytest.raises(Crowded):
            async with pool.acquire(ann):
                raise AssertionError("a connection too many")
        async with pool.acquire(bob) as theirs:
            assert await theirs.fetchval("SELECT 2") == 2
    await pool.close(shared)


async def test_writes_that_wait_are_told_why_and_nobody_else_waits(service: Service) -> None:
    client, other = await service.tenant(), await service.tenant()
    await client.imported(people(3))
    await other.imported(people(3))
    user = (await client.call("GET", USERS)).result[0]["id"]
    connection = await service.connect()
    async with connection.transaction():
        await connection.execute(
            "SELECT FROM account WHERE account_id = $1 FOR NO KEY UPDATE", account_id(client)
        )
        writes = [
            asyncio.create_task(client.call("PUT", f"{USERS}/{user}", json={"name": f"N{number}"}))
            for number in range(12)
        ]
        await asyncio.sleep(0.3)
        for each in (other, client):
            began = time.monotonic()
            assert (await each.call("GET", USERS)).status == 200
            assert time.monotonic() - began < 1
        answers = await asyncio.gather(*writes)
    await connection.close()
    assert {answer.status for answer in answers} == {429, 503}
    for answer in answers:
        said = "being written to" if answer.status == 503 else "too many requests of this account"
        assert said in answer.body["errors"][0]["message"]
        assert int(answer.headers["Retry-After"]) > 0
        assert "x-should-retry" not in answer.headers


async def test_a_user_is_changed_after_an_import_has_held_the_directory(service: Service) -> None:
    client = await service.tenant()
    await client.imported(people(1))
    user = (await client.call("GET", USERS)).result[0]["id"]
    connection = await service.connect()
    async with connection.transaction():
        await connection.execute(
            "SELECT FROM account WHERE account_id = $1 FOR NO KEY UPDATE", account_id(client)
        )
        write = asyncio.create_task(client.call("PUT", f"{USERS}/{user}", json={"name": "late"}))
        await asyncio.sleep(2.3)
    await connection.close()
    assert (await write).result["name"] == "late"


async def test_a_list_that_waits_for_another_writer_says_so(client: Client, service: Service) -> None:
    made = await created(client, "x@a.example")
    connection = await service.connect()
    async with connection.transaction():
        await connection.execute(LOCKS["lock"], account_id(client))
        answer = await on(client, "PATCH", made, json={"description": "x"})
        assert (await client.call("GET", LISTS)).status == 200
    await connection.close()
    assert answer.status == 503
    assert "being written to" in answer.body["errors"][0]["message"]


async def test_an_account_has_one_large_body_at_a_time_and_leaves_room_for_others(service: Service) -> None:
    client, other = await service.tenant(), await service.tenant()
    values = items(*(f"{number:0>60}@a.example" for number in range(14_000)))
    text = json.dumps({"name": "l", "type": "EMAIL", "items": values}).encode()
    assert len(text) > 1024 * 1024
    connection = await service.connect()
    async with connection.transaction():
        await connection.execute(LOCKS["lock"], account_id(client))
        writes = [asyncio.create_task(client.call("POST", LISTS, data=io.BytesIO(text))) for _ in range(8)]
        await asyncio.sleep(0.3)
        assert (await other.call("POST", LISTS, data=io.BytesIO(text))).status == 200
        assert (await client.call("POST", LISTS, json={"name": "small", "type": "IP"})).status == 503
        answers = await asyncio.gather(*writes)
    await connection.close()
    statuses = [answer.status for answer in answers]
    assert set(statuses) == {429, 503}
    assert statuses.count(503) <= 4


async def test_slow_reads_of_one_account_leave_connections_for_others(service: Service) -> None:
    client, other = await service.tenant(), await service.tenant()
    connection = await service.connect()
    async with connection.transaction():
        await connection.execute("LOCK TABLE list IN ACCESS EXCLUSIVE MODE")
        reads = [asyncio.create_task(client.call("GET", LISTS)) for _ in range(12)]
        await asyncio.sleep(0.3)
        began = time.monotonic()
        assert (await other.call("GET", USERS)).status == 200
        assert time.monotonic() - began < 1
        await asyncio.gather(*reads)
    await connection.close()
    answers = await asyncio.gather(*(client.call("GET", LISTS) for _ in range(50)))
    assert {answer.status for answer in answers} == {200}
