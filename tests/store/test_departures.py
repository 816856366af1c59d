"""Whoever goes, by whatever way, takes along what is kept of them; who stays keeps all."""

from uuid import UUID

import pytest

from shared.store import accounts, entitlements, profiles
from shared.store.profiles import Profile
from tests.directory.scratch import record
from tests.store.account import BITS, Account

HOLD = """
    INSERT INTO assignment (account_id, policy_id, holder_kind, holder_id, created_at)
    VALUES ($1, 'p', $2, $3, now())
""", """
    INSERT INTO authority_grant (account_id, grant_id, permissioned, holder_kind, holder_id, role, created_at)
    VALUES ($1, 'g', 'project://p/1', $2, $3, 'consumer', now())
"""  # fmt: skip
ON = """
    INSERT INTO authority_grant (account_id, grant_id, permissioned, holder_kind, holder_id, role, created_at)
    VALUES ($1, 'on', $2, 'user', 'somebody', 'consumer', now())
"""
LEFT = """
    SELECT (SELECT count(*) FROM profile WHERE account_id = $1),
        (SELECT count(*) FROM assignment WHERE account_id = $1),
        (SELECT count(*) FROM authority_grant WHERE account_id = $1)
"""
USERS = [record(f"u{number}@a.example", number=number) for number in range(1, 6)]
GONE = [record(each.address, deleted=True) for each in USERS[:2]]


async def keep(account, number, what=("profile", "held", "on")):
    user_id = UUID(int=number)
    if "profile" in what:
        await profiles.put(account.connection, account.id, user_id, Profile(f"u{number}", b"{}"), "test")
    for query in HOLD if "held" in what else ():
        await account.connection.execute(query, account.id, "user", str(user_id))
    if "on" in what:
        reference = f"user://{account.id.hex}/default/{user_id}"
        await account.connection.execute(ON, account.id, reference)


async def left(account):
    return tuple(await account.connection.fetchrow(LEFT, account.id))


async def version(account):
    return (await entitlements.versions(account.connection, account.id)).entitlements


async def test_who_goes_takes_all_along_and_who_stays_keeps_all(account):
    await account.write(*USERS)
    for number in range(1, 6):
        await keep(account, number)
    before = await version(account)
    await account.write(*GONE)
    assert await left(account) == (3, 3, 6)
    assert await version(account) == before + 1


@pytest.mark.parametrize("what", ["profile", "held", "on"])
async def test_one_thing_that_is_kept_is_enough(account, what):
    await account.write(*USERS)
    await keep(account, 1, [what])
    await account.write(*GONE)
    assert (await left(account), await version(account)) == ((0, 0, 0), 1)


async def test_nothing_kept_is_no_new_version(account):
    await account.write(*USERS)
    await keep(account, 5)
    await account.write(*GONE)
    assert (await left(account), await version(account)) == ((1, 1, 2), 0)


async def test_who_only_changes_keeps_all(account):
    await account.write(*USERS)
    await keep(account, 1)
    await account.write(record("other@a.example", number=1, groups=["staff"]))
    assert (await left(account), await version(account)) == ((1, 1, 2), 0)


async def test_the_same_id_of_another_account_is_another_user(account, connection):
    other = Account(connection, await accounts.create_account(connection, "other", BITS))
    for each in (account, other):
        await each.write(*USERS)
        await keep(each, 1)
    await account.write(*GONE)
    assert (await left(account), await left(other)) == ((0, 0, 0), (1, 1, 2))
