"""Writers of users and writers of entitlements take turns, in one order, from the first write on."""

import asyncio
from uuid import UUID

import pytest

from shared.policy.entitlement.estate import Holder
from shared.store import entitlements, grants, groups, pool, principals
from shared.store.errors import LockNotAvailable
from shared.store.grants import Given
from tests.directory.scratch import record
from tests.store.account import Account

ANN = UUID(int=1)
GOING = record("ann@a.example", deleted=True)
WAITS = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = $1"


@pytest.fixture
async def other(account, migrated):
    """The same account over another connection."""
    connection = await pool.connect(migrated)
    yield Account(connection, account.id)
    await connection.close()


@pytest.fixture
async def ann(account):
    await account.write(record("ann@a.example", number=ANN.int), record("bob@a.example"))


async def until_it_waits(account, other, task):
    """Until a task that has the other connection waits for a lock, or is done."""
    while not task.done():
        if await account.connection.fetchval(WAITS, other.connection.get_server_pid()):
            return
        await asyncio.sleep(0.01)


async def granted(account):
    return await grants.all_on(account.connection, account.id, "project://p/1")


async def grant(account):
    """As a handler does; in a transaction."""
    await entitlements.advance(account.connection, account.id)
    if (await principals.find(account.connection, account.id, [str(ANN)])).get(str(ANN)) is not None:
        given = Given("project://p/1", Holder("user", str(ANN)), "consumer")
        await grants.grant(account.connection, account.id, "g", given)


@pytest.mark.usefixtures("ann")
async def test_who_goes_waits_for_the_first_grant_and_takes_it_along(account, other):
    async with account.connection.transaction():
        await grant(account)
        going = asyncio.create_task(other.write(GOING))
        await until_it_waits(account, other, going)
        assert not going.done()
    await going
    assert await granted(account) == []


@pytest.mark.usefixtures("ann")
async def test_the_first_grant_waits_for_who_goes_and_finds_nobody(account, other, monkeypatch):
    monkeypatch.setattr(entitlements, "LOCK_SECONDS", 0.1)
    async with other.connection.transaction():
        await other.write(GOING)
        with pytest.raises(LockNotAvailable):
            async with account.connection.transaction():
                await grant(account)
    async with account.connection.transaction():
        await grant(account)
    assert await granted(account) == []


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("first", [True, False])
async def test_who_makes_a_group_and_who_names_it_in_a_record_wait_in_turn(account, other, first):
    if not first:
        await entitlements.advance(account.connection, account.id)
    async with account.connection.transaction():
        await entitlements.advance(account.connection, account.id)
        writing = asyncio.create_task(other.write(GOING, record("eve@a.example", groups=["staff"])))
        await until_it_waits(account, other, writing)
        assert await groups.insert(account.connection, account.id, "s", "staff", b"{}", "test")
    await writing
    assert await groups.named(account.connection, account.id, ["staff"]) == {"staff": "s"}
