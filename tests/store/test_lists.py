"""Lists in the database: in order, each value once, quick at any length."""

import time
from uuid import uuid4

import pytest

from shared.store import accounts, lists
from shared.wire.cloudflare.list_items import ListItemObject, entries
from shared.wire.cloudflare.lists import Heading

HEADING = Heading("l", None)
LONG = 20_000
SECONDS = 30.0
ODD = [
    *("a", "A", "ä", "a\u0308", "1:a", "\U0001f600", "a\\b", "a'b", '"', "\n", " ", "-", "1:-"),
    *("ß", "ss", "a\u200b", "\u202e", "%", "_", "e" * 600),
]


def made(*values, kind="EMAIL"):
    """Items of these values; a pair has a description."""
    items = [
        ListItemObject(*value) if isinstance(value, tuple) else ListItemObject(value) for value in values
    ]
    faults = []
    found = entries(items, kind, "items", faults)
    assert not faults
    return found


def addresses(*numbers):
    return [f"u{number}@a.example" for number in numbers]


class List:
    """A list in the database."""

    def __init__(self, account, list_id):
        self.where = (account.connection, account.id, list_id)

    async def shown(self, skip=0, take=1000):
        return [item.value for item in await lists.page(*self.where, (skip, take))]

    async def times(self):
        return {item.value: item.created_at for item in await lists.page(*self.where, (0, 1000))}


@pytest.fixture
def create(account):
    async def create(found, kind="EMAIL"):
        list_id = uuid4()
        await lists.insert(account.connection, account.id, list_id, kind, HEADING, found)
        return List(account, list_id)

    return create


async def test_a_list_comes_back_in_its_order(create):
    found = await create(made("B@a.example", "a@a.example", "Ü@bücher.example"))
    assert await found.shown() == ["B@a.example", "a@a.example", "Ü@bücher.example"]
    assert await lists.values(*found.where) == ("b@a.example", "a@a.example", "ü@xn--bcher-kva.example")
    stored = await lists.get(*found.where)
    assert (stored.heading, stored.type, stored.fingerprint.items) == (HEADING, "EMAIL", 3)


async def test_lists_that_are_there_have_a_type(create, account):
    mails, networks = await create(made("a@a.example")), await create(made("10.0.0.0/8", kind="IP"), "IP")
    ids = [mails.where[2], networks.where[2], uuid4()]
    kinds = await lists.kinds(account.connection, account.id, ids)
    assert kinds == {ids[0]: "EMAIL", ids[1]: "IP"}
    assert await lists.values(account.connection, account.id, ids[2]) == ()


async def test_another_account_has_none_of_them(create, account):
    connection, _, list_id = (await create(made("a@a.example"))).where
    other = await accounts.create_account(connection, "other")
    assert await lists.get(connection, other, list_id) is None
    assert await lists.kinds(connection, other, [list_id]) == {}
    assert await lists.values(connection, other, list_id) == ()
    assert await lists.page(connection, other, list_id, (0, 10)) == ()
    assert await lists.every(connection, other) == []
    await lists.delete(connection, other, list_id)
    await lists.put(connection, other, list_id, made("b@a.example"))
    assert await lists.values(connection, account.id, list_id) == ("a@a.example",)


@pytest.mark.parametrize(
    "values", [[], ODD, [*zip(ODD, reversed(ODD), strict=True)], [("a", ""), ("b", "x")]]
)
async def test_the_database_makes_the_same_digest(create, values):
    given = made(*values, kind="SERIAL")
    found = await create(given, "SERIAL")
    assert await lists.fingerprint(*found.where) == given.fingerprint
    assert await found.shown() == given.columns.values


async def test_items_that_stay_keep_the_time_of_their_creation(create):
    found = await create(made(*addresses(1, 2, 3)))
    before = await found.times()
    await lists.put(*found.where, made(*addresses(3, 4, 1)))
    after = await found.times()
    assert list(after) == addresses(3, 4, 1)
    assert [after[each] == before.get(each) for each in addresses(3, 4, 1)] == [True, False, True]


async def test_what_an_item_is_called_changes(create):
    found = await create(made(("a@a.example", "x"), "b@a.example"))
    given = made(("A@a.example", None), ("b@a.example", "y"))
    await lists.put(*found.where, given)
    shown = await lists.page(*found.where, (0, 9))
    assert [(item.value, item.description) for item in shown] == [("A@a.example", None), ("b@a.example", "y")]
    assert await lists.fingerprint(*found.where) == given.fingerprint


async def test_an_item_is_appended_once_and_at_the_end(create):
    found = await create(made(*addresses(1, 2)))
    assert await lists.append(*found.where, made("U1@a.example", *addresses(4, 3))) == 2
    assert await lists.append(*found.where, made(*addresses(3))) == 0
    assert await found.shown() == addresses(1, 2, 4, 3)


async def test_what_is_not_there_is_not_removed(create):
    found = await create(made(*addresses(1, 2, 3)))
    assert await lists.remove(*found.where, addresses(2, 9)) == 1
    assert await lists.remove(*found.where, addresses(2, 9)) == 0
    await lists.append(*found.where, made(*addresses(2)))
    assert await found.shown() == addresses(1, 3, 2)


async def test_items_go_with_their_list(create, account):
    found = await create(made(*addresses(1, 2)))
    await lists.delete(*found.where)
    assert await lists.get(*found.where) is None
    query = "SELECT count(*) FROM list_item WHERE account_id = $1"
    assert await account.connection.fetchval(query, account.id) == 0


async def test_pages_of_a_list_with_gaps_hold_every_item_once(create):
    found = await create(made(*addresses(*range(50))))
    await lists.remove(*found.where, addresses(*range(0, 50, 3)))
    left = [number for number in range(50) if number % 3]
    pages = [await found.shown(skip, 7) for skip in range(0, 49, 7)]
    assert [value for page in pages for value in page] == addresses(*left)
    assert [len(page) for page in pages] == [7, 7, 7, 7, 5, 0, 0]


async def test_a_twin_is_one_of_the_same_content(create, account):
    given = made(*addresses(1))
    found = await create(given)
    where, digest = (account.connection, account.id), given.fingerprint.digest
    assert await lists.twin(*where, "EMAIL", HEADING, digest, 60) == found.where[2]
    assert await lists.twin(*where, "EMAIL", HEADING, digest, -60) is None
    assert await lists.twin(*where, "IP", HEADING, digest, 60) is None
    assert await lists.twin(*where, "EMAIL", Heading("l", ""), digest, 60) is None
    assert await lists.twin(*where, "EMAIL", HEADING, b"", 60) is None


async def test_a_long_list_is_written_in_time_that_its_length_takes(create, account):
    await account.connection.execute("DELETE FROM pg_statistic WHERE starelid = 'list_item'::regclass")
    numbers = list(range(LONG))
    started = time.monotonic()
    found = await create(made(*addresses(*numbers)))
    for _ in range(6):  # so often that a statement's plan may be one for any values
        numbers.reverse()
        async with account.connection.transaction():
            await lists.put(*found.where, made(*addresses(*numbers)))
    async with account.connection.transaction():
        assert await lists.remove(*found.where, addresses(*numbers[: LONG // 2])) == LONG // 2
    assert await found.shown(LONG // 2 - 1) == addresses(numbers[-1])
    assert time.monotonic() - started < SECONDS
