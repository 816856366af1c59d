"""Groups that records name: there at once, with their members, however those were written."""

import pytest

from shared.store import accounts, groups, writing
from shared.store.people import directory
from tests.directory.scratch import record
from tests.store.account import BITS, Account

LONG = "\U0001f600" * 1024
NAMES = ["staff", "#1", "n" * 120, "n" * 121, LONG, LONG[1:] + "x", "ß"]
ADDRESSES = [f"u{number}@a.example" for number in range(40)]


async def every(account):
    return {each.name: each.group_id for each in await groups.page(account.connection, account.id, 0, 1000)}


async def members(account, *names):
    found = await groups.members(account.connection, account.id, names, BITS)
    return [(segment << BITS) + position for segment, held in found.items() for position in held]


async def test_every_name_in_a_record_is_a_group(account):
    await account.write(record("ann@a.example", groups=NAMES))
    made = await every(account)
    assert made.keys() == set(NAMES)
    assert all(len(group_id) == 20 for group_id in made.values())
    await account.write(record("bo@a.example", groups=[*NAMES, "more"]))
    now = await every(account)
    assert {**made, "more": now["more"]} == now
    assert await groups.named(account.connection, account.id, [*NAMES, "none"]) == made
    assert await groups.count(account.connection, account.id) == len(NAMES) + 1


async def test_a_name_that_nobody_has_any_more_stays_a_group(account):
    await account.write(record("ann@a.example", groups=["staff"]))
    made = await every(account)
    await account.write(record("ann@a.example", deleted=True))
    assert await every(account) == made


@pytest.mark.parametrize("logged", [True, False])
async def test_members_are_found_before_and_after_the_log_is_folded(account, monkeypatch, logged):
    monkeypatch.setattr(writing, "LOG_ROWS", 10**9 if logged else -1)
    monkeypatch.setattr(writing, "LOG_ROWS_PER_POSTING", 10**9)
    await account.write(*(record(each, groups=["all", f"g{n % 2}"]) for n, each in enumerate(ADDRESSES)))
    await account.fold()
    await account.write(record(ADDRESSES[3], groups=["g0", LONG]), record(ADDRESSES[4], deleted=True))
    now = await directory(account.connection, account.id)
    assert (now.folded < now.version) == logged
    everybody = set(range(40)) - {3, 4}
    for _ in range(2):
        assert await members(account, "all") == sorted(everybody)
        assert await members(account, "g0") == sorted(set(range(0, 40, 2)) - {4} | {3})
        assert await members(account, "g1", LONG) == list(range(1, 40, 2))
        assert await members(account, "none") == []
        await account.fold()


async def test_an_account_has_groups_of_its_own(account, connection):
    other = Account(connection, await accounts.create_account(connection, "other", BITS))
    await account.write(record("ann@a.example", groups=["staff"]))
    assert await every(other) == {}
    assert await members(other, "staff") == []
