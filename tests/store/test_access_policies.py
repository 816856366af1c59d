"""Access policies and assignments in the database: each account its own, found by an index, in order."""

import asyncio
from typing import NamedTuple

import pytest

from shared.policy.entitlement.estate import Holder
from shared.store import access_policies, accounts, assignments, entitlements, grants, pool
from shared.store.access_policies import Written
from shared.store.grants import Given
from shared.wire.cloudcms import references
from tests.store.account import BITS, Account
from tests.store.plans import IN_VAIN, by_index, forget, kinds, nodes, read_in_vain

ANN, STAFF = Holder("user", "ann"), Holder("group", "staff")
SIZE = 10_000


class Shelf(NamedTuple):
    """One account's policies."""

    connection: pool.Connection
    account: object

    async def add(self, policy_id, document=b"{}", by="x"):
        async with self.connection.transaction():
            version = await entitlements.advance(self.connection, self.account)
            written = Written(document, version, by)
            await access_policies.insert(self.connection, self.account, policy_id, written)

    async def ids(self, skip=0, most=100):
        found = await access_policies.page(self.connection, self.account, (skip, most))
        return [each.id for each in found]

    async def held(self, holder):
        return await assignments.held(self.connection, self.account, holder)


@pytest.fixture
async def shelf(connection):
    return Shelf(connection, await accounts.create_account(connection, "test", BITS))


@pytest.fixture
async def foreign(connection):
    return Shelf(connection, await accounts.create_account(connection, "other", BITS))


async def test_a_document_is_kept_to_the_byte(shelf):
    document = '{"z": 1, "a": [1.50, null],  "\u00fc": "\\u00e9"}'.encode()
    await shelf.add("p", document, "ann")
    stored = await access_policies.get(shelf.connection, shelf.account, "p")
    assert (stored.id, stored.document, stored.created_by, stored.modified_by) == (
        "p",
        document,
        "ann",
        "ann",
    )
    assert stored.created_at == stored.modified_at


async def test_policies_are_in_the_order_of_creation_in_their_account_alone(shelf, foreign):
    for policy_id in ("c", "a", "b"):
        await shelf.add(policy_id)
        await foreign.add(policy_id, b'{"x":1}')
    await foreign.add("d")
    assert await shelf.ids() == ["c", "a", "b"]
    assert await shelf.ids(1, 1) == ["a"]
    assert await access_policies.usage(shelf.connection, shelf.account) == (3, 6)
    await access_policies.delete(foreign.connection, foreign.account, "a")
    found = await access_policies.several(shelf.connection, shelf.account, ["a", "d", "a"])
    assert {each.document for each in found.values()} == {b"{}"}


async def test_a_replaced_policy_keeps_its_place_and_has_the_new_version(shelf):
    for policy_id in ("a", "b"):
        await shelf.add(policy_id)
    await access_policies.put(shelf.connection, shelf.account, "a", Written(b'{"x":1}', 9, "bob"))
    assert await shelf.ids() == ["a", "b"]
    stored = await access_policies.get(shelf.connection, shelf.account, "a")
    assert (stored.document, stored.created_by, stored.modified_by) == (b'{"x":1}', "x", "bob")
    assert stored.modified_at > stored.created_at
    query = "SELECT version FROM access_policy WHERE account_id = $1 AND policy_id = 'a'"
    assert await shelf.connection.fetchval(query, shelf.account) == 9


async def test_an_assignment_is_made_once_and_ended_once(shelf, foreign):
    for each in (shelf, foreign):
        assert await assignments.assign(each.connection, each.account, "p", ANN)
    assert not await assignments.assign(shelf.connection, shelf.account, "p", ANN)
    assert await assignments.assign(shelf.connection, shelf.account, "o", ANN)
    assert await shelf.held(ANN) == ["p", "o"]
    assert await shelf.held(STAFF) == []
    assert await assignments.unassign(shelf.connection, shelf.account, "p", ANN)
    assert not await assignments.unassign(shelf.connection, shelf.account, "p", ANN)
    assert await shelf.held(ANN) == ["o"]
    assert await foreign.held(ANN) == ["p"]


async def test_all_of_a_holder_ends_and_nothing_of_another(shelf):
    for policy_id in ("b", "a"):
        for holder in (ANN, STAFF):
            await assignments.assign(shelf.connection, shelf.account, policy_id, holder)
    assert await assignments.unassign_all(shelf.connection, shelf.account, ANN) == ["a", "b"]
    assert await assignments.unassign_all(shelf.connection, shelf.account, ANN) == []
    assert await shelf.held(STAFF) == ["b", "a"]
    assert await assignments.targets(shelf.connection, shelf.account, "a", (0, 9)) == [STAFF]
    assert await assignments.number_of_targets(shelf.connection, shelf.account, "a") == 1
    assert await assignments.number(shelf.connection, shelf.account) == 2


async def test_a_deleted_policy_takes_its_assignments_and_the_grants_on_it(shelf):
    for policy_id in ("a", "b"):
        await shelf.add(policy_id)
        await assignments.assign(shelf.connection, shelf.account, policy_id, ANN)
        given = Given(str(references.policy(shelf.account, policy_id)).lower(), ANN, "owner")
        await grants.grant(shelf.connection, shelf.account, f"grant on {policy_id}", given)
    await access_policies.delete(shelf.connection, shelf.account, "a")
    assert await shelf.ids() == await shelf.held(ANN) == ["b"]
    left = [
        await grants.all_on(
            shelf.connection, shelf.account, str(references.policy(shelf.account, each)).lower()
        )
        for each in ("a", "b")
    ]
    assert [len(each) for each in left] == [0, 1]


async def test_one_writer_waits_for_another(shelf, migrated):
    other = await pool.connect(migrated)
    transaction = shelf.connection.transaction()
    await transaction.start()
    await entitlements.advance(shelf.connection, shelf.account)
    waiting = asyncio.ensure_future(Shelf(other, shelf.account).add("later"))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await transaction.commit()
    await waiting
    await other.close()
    assert await shelf.ids() == ["later"]


FORGET = forget("access_policy", "assignment")


@pytest.fixture(scope="module", params=["ANALYZE", FORGET], ids=["analysed", "never analysed"])
async def large(migrated, request):
    """An account of 10,000 policies, each held by ten users, every other one by a group."""
    connection = await pool.connect(migrated)
    account = Account(connection, await accounts.create_account(connection, "large", BITS))
    await connection.execute(
        """
        INSERT INTO access_policy SELECT $1, 'p' || number, '{}', 2, 1, now(), 'x', now(), 'x'
        FROM generate_series(1, $2) AS number
        """,
        account.id,
        SIZE,
    )
    await connection.execute(
        """
        INSERT INTO assignment SELECT $1, 'p' || number, 'user', 'u' || (number + step) % 5000, now()
        FROM generate_series(1, $2) AS number, generate_series(1, 10) AS step
        """,
        account.id,
        SIZE,
    )
    await connection.execute(request.param)
    yield account
    await connection.close()


QUERIES = {
    "some policies": (access_policies.SQL["several"], [f"p{number}" for number in range(25)]),
    "a page of policies": (access_policies.SQL["page"], 0, 25),
    "a policy that changes": (access_policies.SQL["put"], "p1", b"{}", 2, 2, "x"),
    "a policy that goes": (access_policies.SQL["delete"], "p1"),
    "assignments that go": (access_policies.SQL["unassign"], "p1"),
    "what a user holds": (assignments.SQL["held"], "user", "u1"),
    "what a user holds no more": (assignments.SQL["unassign_all"], "user", "u1"),
    "who holds a policy": (assignments.SQL["targets"], "p1", 0, 25),
    "how many hold a policy": (assignments.SQL["number_of_targets"], "p1"),
    "an assignment that ends": (assignments.SQL["unassign"], "p1", "user", "u1"),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_rows_are_found_by_an_index_and_few_are_read_in_vain(large, name):
    found = await nodes(large, *QUERIES[name])
    assert "Seq Scan" not in kinds(found)
    assert by_index(found)
    assert read_in_vain(found) < IN_VAIN
