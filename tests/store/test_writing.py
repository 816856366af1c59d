"""Users and postings in the database: logged, applied, folded, and as they were at each version."""

from random import Random

import pytest

from shared.store import accounts, postings, rows, users, writing
from shared.store.errors import UniqueViolation
from tests.directory.scratch import record
from tests.policy.strategies import identity

ADDRESSES = [f"u{number}@{'ab'[number % 2]}.example" for number in range(40)]

GROUPS = ["a", "#b", "c" * 200, "d"]


def batch(source):
    return [
        record(
            *(source.choice(ADDRESSES), identity(source.randrange(1000))),
            deleted=source.random() < 0.25,
            groups=source.sample(GROUPS, source.randrange(3)),
        )
        for _ in range(source.randrange(1, 25))
    ]


@pytest.fixture
def limits(monkeypatch):
    """Makes the next writes log their changes, or make them at once."""

    def choose(*, log):
        monkeypatch.setattr(writing, "LOG_ROWS", 10**9 if log else -1)
        monkeypatch.setattr(writing, "LOG_ROWS_PER_POSTING", 10**9)

    return choose


@pytest.mark.parametrize("seed", range(8))
async def test_every_folded_version_stays_what_it_was(account, limits, seed):
    source, kept = Random(seed), {}
    for _ in range(12):
        limits(log=source.random() < 0.6)
        now = await account.write(*batch(source))
        if source.random() < 0.4:
            now = await account.fold()
        if now.folded == now.version:
            kept[now.version] = await account.people(now.version)
    kept[now.version] = await account.people((await account.fold()).version)
    for version, people in kept.items():
        assert await account.people(version) == people
        assert await account.postings(version) == await account.built(version)


@pytest.mark.parametrize("seed", range(3))
async def test_people_are_what_the_records_said(account, seed):
    source, model = Random(seed), {}
    for _ in range(8):
        records = batch(source)
        for each in records:
            model[each.address] = each.identity
            if each.deleted:
                del model[each.address]
        now = await account.write(*records)
        found = {user.address: user.identity for user in await account.people(now.version)}
        assert found == model
        assert now.users == len(model)


async def test_logged_changes_wait_for_folding(account, limits):
    limits(log=False)
    first = await account.write(record("ann@a.example"))
    limits(log=True)
    second = await account.write(record("bob@a.example"))
    assert (first.version, first.folded, second.version, second.folded) == (1, 1, 2, 1)
    assert await account.postings(2) == await account.built(1)
    assert (await account.fold()).folded == 2
    assert await account.postings(2) == await account.built(2)


async def test_a_large_batch_takes_the_log_with_it(account, limits):
    limits(log=True)
    await account.write(*map(record, ADDRESSES[:20]))
    limits(log=False)
    now = await account.write(*(record(address, deleted=True) for address in ADDRESSES[:5]))
    assert now.folded == now.version == 2
    assert await account.postings(2) == await account.built(2)


async def test_few_changes_of_a_posting_are_logged_and_many_are_not(account):
    few = await account.write(record("ann@a.example"))
    many = await account.write(*map(record, ADDRESSES))
    assert (few.folded, many.folded) == (0, 2)


async def test_folding_twice_changes_nothing(account, limits):
    limits(log=True)
    await account.write(*map(record, ADDRESSES))
    assert await account.fold() == await account.fold()
    assert await account.ended() == [0, 0]


async def test_a_batch_that_changes_nothing_makes_no_version(account):
    first = await account.write(record("ann@a.example"))
    again = await account.write(record("ann@a.example"), record("eve@a.example", deleted=True))
    assert again == first


async def test_ordinals_are_never_used_again(account):
    await account.write(*map(record, ADDRESSES[:3]))
    await account.write(*(record(address, deleted=True) for address in ADDRESSES[:3]))
    now = await account.write(*map(record, ADDRESSES[:3]))
    assert [user.ordinal for user in await account.people(now.version)] == [3, 4, 5]
    assert (now.next_ordinal, now.users, now.segments) == (6, 3, 1)


async def test_an_address_belongs_to_whoever_had_it_at_the_version(account):
    await account.write(record("ann@a.example", number=1), record("bob@a.example", number=2))
    await account.write(record("anna@a.example", number=1), record("ann@a.example", number=2))
    await account.write(record("ann@a.example", number=2, deleted=True))
    asked = ["ann@a.example", "anna@a.example", "bob@a.example", "eve@a.example"]
    found = [await users.ordinals(account.connection, account.id, version, asked) for version in (0, 1, 2, 3)]
    assert found == [
        {},
        {"ann@a.example": 0, "bob@a.example": 1},
        {"anna@a.example": 0, "ann@a.example": 1},
        {"anna@a.example": 0},
    ]


async def test_pages_show_people_as_they_were(account):
    await account.write(record("ann@a.example", number=1), record("bob@a.example", number=2))
    await account.write(record("anna@a.example", number=1), record("bob@a.example", number=2, deleted=True))
    pages = [await users.people(account.connection, account.id, version, [1, 0, 7]) for version in (1, 2)]
    emails = [[person.email for person in page] for page in pages]
    assert emails == [["ann@a.example", "bob@a.example"], ["anna@a.example"]]


async def test_postings_are_fetched_by_term_and_segment(account, limits):
    limits(log=False)
    now = await account.write(*map(record, ADDRESSES))
    terms = [("email_domain", "a.example"), ("live", ""), ("country", "DE")]
    found = await postings.fetch(account.connection, account.id, now.version, (1, 2), terms)
    assert sorted((row.segment, row.term) for row in found) == [
        *[(1, term) for term in terms[:2]],
        *[(2, term) for term in terms[:2]],
    ]


async def test_other_accounts_users_are_nobodys_business(account, connection):
    await account.write(*map(record, ADDRESSES))
    other = await accounts.create_account(connection, "other", 4)
    assert await users.matching(connection, other, [], ADDRESSES) == []
    assert await users.people(connection, other, 1, [0, 1]) == []
    assert await postings.fetch(connection, other, 1, (0, 9), [("live", "")]) == []


async def test_a_writer_that_fails_leaves_nothing(account):
    await account.write(record("ann@a.example", number=1))
    broken = [rows.user((9, account.id, "ann@a.example", "", "", b"[]", None, None))]
    with pytest.raises(UniqueViolation):
        async with account.connection.transaction():
            await users.write(account.connection, account.id, 2, [], broken)
    assert [user.ordinal for user in await account.people(2)] == [0]
