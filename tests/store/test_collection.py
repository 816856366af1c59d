"""Rows of the past go when no test needs them, and not before."""

import asyncio

import pytest

from shared.store import pool, sweeps
from tests.directory.scratch import record
from tests.policy.strategies import identity
from tests.store.account import Account

PEOPLE = [f"u{number}@a.example" for number in range(40)]
MANY = 50


async def changed(account, seed):
    """Everybody changed at once, folded; returns the version."""
    await account.write(
        *(record(address, identity(seed + n)) for n, address in enumerate(PEOPLE[seed % 7 :]))
    )
    return (await account.fold()).version


async def state(account, version):
    return await account.people(version), await account.postings(version)


async def forget(account, test_id):
    query = "DELETE FROM policy_test WHERE account_id = $1 AND test_id = $2"
    await account.connection.execute(query, account.id, test_id)


async def test_without_tests_only_the_present_is_kept(account):
    for seed in range(0, 4 * MANY, MANY):
        version = await changed(account, seed)
    before = await state(account, version)
    assert min(await account.ended()) > 0
    assert await account.collect() > 0
    assert await account.ended() == [0, 0]
    assert await state(account, version) == before
    assert await account.collect() == 0


async def test_what_a_test_is_pinned_to_is_kept_as_long_as_the_test(account):
    kept = {}
    for seed in range(0, 5 * MANY, MANY):
        version = await changed(account, seed)
        kept[version] = (await account.pin() if version in (2, 4) else None, await state(account, version))
    for gone, stay in (((), (2, 4, 5)), ((2,), (4, 5)), ((4,), (5,))):
        for version in gone:
            await forget(account, kept[version][0])
        await account.collect()
        for version in stay:
            assert await state(account, version) == kept[version][1]
            assert await account.built(version) == kept[version][1][1]
    assert await account.ended() == [0, 0]


async def test_an_account_is_collectable_while_there_may_be_something(account):
    await changed(account, 0)
    await changed(account, MANY)
    assert account.id in await sweeps.collectable(account.connection)
    await account.collect()
    assert account.id not in await sweeps.collectable(account.connection)
    test_id = await account.pin()
    await changed(account, 2 * MANY)
    assert account.id not in await sweeps.collectable(account.connection)
    await forget(account, test_id)
    assert account.id in await sweeps.collectable(account.connection)


async def test_a_large_past_goes_in_parts(account, monkeypatch):
    monkeypatch.setattr(sweeps, "COLLECT_ROWS", 7)
    await changed(account, 0)
    version = await changed(account, MANY)
    before = await state(account, version)
    while await account.collect():
        assert await state(account, version) == before
    assert await account.ended() == [0, 0]
    assert account.id not in await sweeps.collectable(account.connection)


@pytest.fixture
async def another(account, migrated):
    connection = await pool.connect(migrated)
    yield Account(connection, account.id)
    await connection.close()


async def test_what_a_pin_that_is_under_way_needs_is_not_collected(account, another):
    version = await changed(account, 0)
    before = await state(account, version)
    async with account.connection.transaction():
        await account.pin()
        await changed(another, MANY)  # which need not wait
        assert await another.collect() == 0
    assert await another.collect() == 0
    assert await state(account, version) == before


async def test_a_pin_waits_for_a_collection_that_is_under_way(account, another):
    await changed(account, 0)
    await changed(account, MANY)
    async with account.connection.transaction():
        assert await account.collect() > 0
        pinning = asyncio.create_task(another.pin())
        assert await asyncio.wait({pinning}, timeout=0.3) == (set(), {pinning})
    assert await pinning
    assert await account.built(2) == await account.postings(2)


async def test_writers_wait_for_one_another(account, another):
    async with account.connection.transaction():
        await account.write(record("ann@a.example"))
        waiting = asyncio.create_task(another.write(record("bob@a.example")))
        assert await asyncio.wait({waiting}, timeout=0.3) == (set(), {waiting})
    assert (await waiting).version == 2
    assert [user.ordinal for user in await account.people(2)] == [0, 1]
