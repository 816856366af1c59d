"""Policies and groups in the database: as they were sent, in order, one writer at a time."""

import asyncio
from uuid import uuid4

import pytest

from shared.store import accounts, pool, resources
from shared.store.resources import Referrer, Target, Wanted, Written
from tests.store.account import BITS

LIST = Target("list", uuid4())
ALL = Wanted()


class Shelf:
    """One account's policies and groups."""

    def __init__(self, connection, account_id):
        self.connection, self.id = connection, account_id

    async def add(self, kind, name, *targets, document=b"{}"):
        written = Written(name, document, targets)
        async with self.connection.transaction():
            await resources.lock(self.connection, self.id)
            return (await resources.insert(self.connection, self.id, kind, uuid4(), written)).id

    async def put(self, kind, resource_id, name, *targets, document=b"{}"):
        written = Written(name, document, targets)
        async with self.connection.transaction():
            await resources.lock(self.connection, self.id)
            return await resources.put(self.connection, self.id, kind, resource_id, written)

    async def names(self, kind, wanted=ALL, window=(0, 100)):
        rows = await resources.page(self.connection, self.id, kind, wanted, window)
        return [row.name for row in rows]

    async def referrers(self, target):
        return [each.name for each in await resources.referrers(self.connection, self.id, *target)]


def group(resource_id):
    return Target("group", resource_id)


@pytest.fixture
async def shelf(connection):
    return Shelf(connection, await accounts.create_account(connection, "test", BITS))


@pytest.fixture
async def foreign(connection):
    return Shelf(connection, await accounts.create_account(connection, "other", BITS))


async def test_a_document_is_kept_to_the_byte(shelf):
    document = '{"z": 1, "a": [1.50, null],  "ü": "\\u00e9"}'.encode()
    kept = await shelf.add("policy", "p", document=document)
    stored = await resources.get(shelf.connection, shelf.id, "policy", kept)
    assert (stored.id, stored.name, stored.document) == (kept, "p", document)
    assert stored.created_at == stored.updated_at


async def test_a_change_keeps_the_id_and_the_time_of_creation(shelf):
    kept = await shelf.add("policy", "before")
    was = await resources.get(shelf.connection, shelf.id, "policy", kept)
    now = await shelf.put("policy", kept, "after", document=b"[]")
    assert now == await resources.get(shelf.connection, shelf.id, "policy", kept)
    assert (now.name, now.document, now.created_at) == ("after", b"[]", was.created_at)
    assert now.updated_at > was.updated_at


async def test_pages_are_in_the_order_of_creation_whatever_changes(shelf):
    names = [f"p{number}" for number in range(7)]
    ids = [await shelf.add("policy", name) for name in names]
    assert await shelf.names("policy") == names
    await shelf.put("policy", ids[2], "p2")
    await shelf.add("group", "none of them")
    assert [await shelf.names("policy", window=(skip, 3)) for skip in (0, 3, 6, 9)] == [
        names[:3],
        names[3:6],
        names[6:],
        [],
    ]
    await resources.delete(shelf.connection, shelf.id, "policy", ids[0])
    assert await shelf.names("policy") == names[1:]
    assert await resources.count(shelf.connection, shelf.id, "policy", ALL) == 6


async def test_whoever_waited_for_the_lock_comes_last(migrated, shelf):
    late = await pool.connect(migrated)
    async with late.transaction():  # begins first
        await late.execute("SELECT 1")
        await shelf.add("policy", "first")
        await resources.lock(late, shelf.id)
        await resources.insert(late, shelf.id, "policy", uuid4(), Written("second", b"{}"))
    await late.close()
    assert await shelf.names("policy") == ["first", "second"]


FILTERS = [
    (Wanted(name="Staff"), ["Staff"]),
    (Wanted(name="staff"), []),
    (Wanted(search="STAFF"), ["Staff", "no staff"]),
    (Wanted(search="ÜBER"), ["über%_\\"]),
    (Wanted(search="%"), ["über%_\\"]),
    (Wanted(search="_\\"), ["über%_\\"]),
    (Wanted(search="strasse"), ["Straße"]),
    (Wanted(name="Staff", search="no"), []),
    (Wanted(search="'"), []),
]


@pytest.mark.parametrize(("wanted", "names"), FILTERS)
async def test_filters_take_texts_as_they_are(shelf, wanted, names):
    for name in ("Staff", "no staff", "über%_\\", "Straße"):
        await shelf.add("group", name)
    assert await shelf.names("group", wanted) == names
    assert await resources.count(shelf.connection, shelf.id, "group", wanted) == len(names)


async def test_referrers_are_those_of_now(shelf):
    target = group(await shelf.add("group", "target"))
    user = await shelf.add("policy", "user", target, LIST, target)
    await shelf.add("group", "nests", target)
    assert await shelf.referrers(target) == ["user", "nests"]
    assert await resources.referrers(shelf.connection, shelf.id, *LIST) == [Referrer("policy", user, "user")]
    await shelf.put("policy", user, "user", LIST)
    assert await shelf.referrers(target) == ["nests"]
    await resources.delete(shelf.connection, shelf.id, "policy", user)
    assert await shelf.referrers(LIST) == []


async def test_no_more_referrers_are_named_than_anybody_reads(shelf):
    for number in range(15):
        await shelf.add("policy", f"p{number}", LIST)
    assert await shelf.referrers(LIST) == [f"p{number}" for number in range(11)]


async def test_a_closure_holds_each_nested_group_once(shelf):
    bottom = await shelf.add("group", "bottom", LIST)
    left, right = [await shelf.add("group", name, group(bottom)) for name in ("left", "right")]
    top = await shelf.add("group", "top", group(left), group(right))
    await shelf.add("group", "beside", group(top))
    found = await resources.closure(shelf.connection, shelf.id, [top, left, uuid4()])
    assert {each.name for each in found.values()} == {"top", "left", "right", "bottom"}
    assert found.keys() == {top, left, right, bottom}
    assert await resources.closure(shelf.connection, shelf.id, []) == {}


async def test_nesting_is_what_groups_name(shelf):
    first, second = [await shelf.add("group", name) for name in ("first", "second")]
    top = await shelf.add("group", "top", group(first), group(second), LIST)
    await shelf.add("policy", "p", group(top))
    found = await resources.nesting(shelf.connection, shelf.id)
    assert {source: set(targets) for source, targets in found.items()} == {top: {first, second}}


async def test_usage_counts_a_kind_and_the_bytes_of_both(shelf):
    assert await resources.usage(shelf.connection, shelf.id, "policy") == (0, 0)
    await shelf.add("policy", "p", document=b"[1]")
    kept = await shelf.add("group", "g", document=b"[10]")
    assert await resources.usage(shelf.connection, shelf.id, "policy") == (1, 7)
    await shelf.put("group", kept, "g", document=b"[]")
    assert await resources.usage(shelf.connection, shelf.id, "group") == (1, 5)


async def test_a_twin_is_young_and_says_the_same(shelf):
    kept = await shelf.add("policy", "p", document=b'{"a": 1}')
    ways = [
        ("policy", Written("p", b'{"a": 1}'), 60, kept),
        ("policy", Written("p", b'{"a": 2}'), 60, None),
        ("group", Written("p", b'{"a": 1}'), 60, None),
        ("policy", Written("p", b'{"a": 1}'), 0, None),
    ]
    for kind, written, seconds, found in ways:
        twin = await resources.twin(shelf.connection, shelf.id, kind, written, seconds)
        assert (twin and twin.id) == found


async def test_nothing_of_another_account_is_found(shelf, foreign):
    bottom = await foreign.add("group", "bottom")
    top = await foreign.add("group", "top", group(bottom), LIST)
    async with shelf.connection.transaction():
        mine = [await shelf.add("group", "mine", group(top)), top]
    assert await resources.get(shelf.connection, shelf.id, "group", top) is None
    assert await resources.names(shelf.connection, shelf.id, "group", [top]) == {}
    assert (await resources.closure(shelf.connection, shelf.id, mine)).keys() == {mine[0]}
    assert await shelf.referrers(group(bottom)) == await shelf.referrers(LIST) == []
    assert await shelf.names("group") == ["mine"]
    await resources.delete(shelf.connection, shelf.id, "group", top)
    assert await foreign.names("group") == ["bottom", "top"]


async def test_one_writer_of_an_account_at_a_time(migrated, shelf, foreign):
    other = await pool.connect(migrated)
    async with other.transaction():
        await resources.lock(other, shelf.id)
        waiting = asyncio.create_task(shelf.add("policy", "p"))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        beside = await pool.connect(migrated)
        await Shelf(beside, foreign.id).add("policy", "q")  # which need not wait
        await beside.close()
    assert await waiting
    await other.close()
