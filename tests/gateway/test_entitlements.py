"""What a gateway remembers of entitlements: as long as it is true, and no more than fits."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from services.gateway import entitlement_tests, entitlements, estates, targets
from services.gateway.entitlements import NotRemembered, View
from services.gateway.estates import Estates, Principals
from services.gateway.resources import Resources
from shared.policy.entitlement.closure import held
from shared.policy.entitlement.estate import Estate, Granted, Holder
from shared.policy.entitlement.policy import Action, Policy, Statement
from shared.policy.entitlement.principal import Principal
from shared.policy.entitlement.resource import Resource
from shared.store import access_policies, accounts, assignments, grants, groups, pool, registered_resources
from shared.store.access_policies import Written
from shared.store.entitlements import Versions, advance
from shared.store.grants import Given
from shared.store.pool import Connection
from shared.wire.faults import Faulty
from tests.effort import within

ANN, BOB, STAFF = Holder("user", str(UUID(int=1))), Holder("user", str(UUID(int=2))), Holder("group", "staff")
NODE = Resource("node://p/n", "node", "n")
GRANTING = {"statements": [{"action": "grant", "roles": ["consumer"]}]}


class Gateway:
    """What a gateway reads with, and an account that it reads."""

    def __init__(self, resources: Resources, account: UUID, connection: Connection) -> None:
        self.resources, self.account, self.connection = resources, account, connection

    async def roles(self, who: Holder, resource: Resource = NODE) -> list[str]:
        async def work(view: View) -> list[str]:
            return sorted((await view.asked([who], [resource])).of(who).authorities(resource))

        return await entitlements.read(self.resources, self.account, work)

    async def remembers(self, who: Holder, resource: Resource = NODE) -> bool:
        remembered = self.resources.estates.of(self.account)
        try:
            await View(self.account, remembered, remembered.state).asked([who], [resource])
        except NotRemembered:
            return False
        return True

    async def write(self, policy_id: str, document: Any, *holders: Holder) -> None:
        async with self.connection.transaction():
            version = await advance(self.connection, self.account)
            written = Written(msgspec.json.encode(document), version, "x")
            if await access_policies.get(self.connection, self.account, policy_id) is None:
                await access_policies.insert(self.connection, self.account, policy_id, written)
            else:
                await access_policies.put(self.connection, self.account, policy_id, written)
            for holder in holders:
                await assignments.assign(self.connection, self.account, policy_id, holder)

    async def grant(self, who: Holder, role: str) -> None:
        async with self.connection.transaction():
            await advance(self.connection, self.account)
            await grants.grant(self.connection, self.account, uuid4().hex, Given(NODE.reference, who, role))


@pytest.fixture
async def gateway(database: str) -> AsyncIterator[Gateway]:
    connections = await pool.open_pool(database, 3, "test")
    connection = await pool.connect(database)
    account = await accounts.create_account(connection, "test", 4)
    empty: dict[str, Any] = dict.fromkeys(Resources.__struct_fields__)
    resources = Resources(**(empty | {"pool": connections, "estates": Estates()}))
    yield Gateway(resources, account, connection)
    await connection.close()
    await pool.close(connections)


async def test_what_was_read_is_not_read_again_until_something_changes(gateway: Gateway) -> None:
    await gateway.write("p", GRANTING, ANN)
    assert not await gateway.remembers(ANN)
    assert await gateway.roles(ANN) == ["consumer"]
    assert await gateway.remembers(ANN)
    assert not await gateway.remembers(BOB)
    state = gateway.resources.estates.of(gateway.account).state
    assert await gateway.roles(BOB) == []
    assert gateway.resources.estates.of(gateway.account).state is state


async def test_a_change_by_whomever_counts_at_once(gateway: Gateway) -> None:
    await gateway.write("p", GRANTING, ANN)
    assert await gateway.roles(ANN) == ["consumer"]
    await gateway.write("p", {"statements": []})
    assert await gateway.roles(ANN) == []
    await gateway.grant(ANN, "editor")
    assert await gateway.roles(ANN) == ["editor"]


async def test_a_policy_is_decoded_once_for_all_versions_that_it_stays_the_same_in(gateway: Gateway) -> None:
    await gateway.write("p", GRANTING, ANN)
    await gateway.write("q", GRANTING, BOB)
    await gateway.roles(ANN)
    remembered = gateway.resources.estates.of(gateway.account)
    before = {key: known.policy for key, known in remembered.known.items()}
    await gateway.write("q", {"statements": []})
    await gateway.roles(ANN)
    after = {key: known.policy for key, known in remembered.known.items()}
    assert after["p"] is before["p"]
    assert after["q"] is not before["q"]


async def test_a_change_of_users_leaves_the_estate_as_it_is(gateway: Gateway) -> None:
    await gateway.write("p", GRANTING, ANN)
    await gateway.roles(ANN)
    remembered = gateway.resources.estates.of(gateway.account)
    estate = remembered.state.estate
    await gateway.connection.execute(
        "UPDATE account SET version = version + 1 WHERE account_id = $1", gateway.account
    )
    assert not remembered.at(Versions(remembered.state.versions.entitlements, 99)).names
    assert await gateway.roles(ANN) == ["consumer"]
    assert remembered.state.estate is estate


async def test_a_transaction_that_writes_sees_its_own_and_leaves_nothing_behind(gateway: Gateway) -> None:
    await gateway.roles(ANN)
    transaction = gateway.connection.transaction()
    await transaction.start()
    await advance(gateway.connection, gateway.account)
    await grants.grant(gateway.connection, gateway.account, "g", Given(NODE.reference, ANN, "editor"))
    view = entitlements.fresh(gateway.connection, gateway.account)
    assert "editor" in (await view.asked([ANN], [NODE])).of(ANN).authorities(NODE)
    await transaction.rollback()
    await gateway.write("p", GRANTING, ANN)  # the version that was rolled back
    assert await gateway.roles(ANN) == ["consumer"]


async def test_what_does_not_exist_is_remembered_as_well(gateway: Gateway) -> None:
    async def work(view: View) -> tuple[int, int]:
        return len(await view.found(["nobody"])), len(await view.resources([f"user://{'0' * 32}/default/x"]))

    assert await entitlements.read(gateway.resources, gateway.account, work) == (0, 0)
    remembered = gateway.resources.estates.of(gateway.account)
    assert await work(View(gateway.account, remembered, remembered.state)) == (0, 0)


async def test_what_is_long_weighs_more(gateway: Gateway) -> None:
    async def work(view: View) -> dict[str, Any]:
        return await view.found(["x" * 1_000_000])

    await entitlements.read(gateway.resources, gateway.account, work)
    assert gateway.resources.estates.of(gateway.account).weight > 1_000_000 // estates.BYTES


async def test_the_memory_of_one_account_is_bounded(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estates, "EACH", 30)
    for number in range(20):
        await gateway.roles(Holder("user", str(UUID(int=number))), Resource(f"node://p/{number}", "node"))
        remembered = gateway.resources.estates.of(gateway.account)
        assert remembered.state.weight <= 30 + 10
        assert remembered.state.estate is not None


def test_the_memory_of_all_accounts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estates, "ALTOGETHER", 100)
    memory, ids = Estates(), [UUID(int=number) for number in range(20)]
    for account in ids:
        memory.of(account).at(Versions(1, 1)).add(19)
        memory.of(ids[0])
        memory.trim()
    assert len(memory) == 5
    assert memory.of(ids[0]).state.weight == 19
    assert memory.of(ids[1]).state.weight == 0


def test_principals_that_are_alike_are_one() -> None:
    policy = Policy("p", (Statement(Action.GRANT, ("consumer",)),))
    estate = Estate({"p": policy}, {BOB: ("p",)}, {}, {"staff": "staff"})
    found = Principals(estate, {NODE.reference: [Granted("g", "editor", STAFF)]})
    ann = found.of(ANN, ["staff", "of no account"])
    assert found.of(Holder("user", "another"), ["staff"]) is ann
    assert found.of(ANN) is not ann
    assert found.of(BOB, ["staff"]) is not ann
    assert sorted(found.of(BOB, ["staff"]).authorities(NODE)) == ["consumer", "editor"]
    assert found.of(STAFF) is found.of(STAFF)


def test_what_one_is_granted_oneself_comes_on_top_of_what_all_alike_have() -> None:
    policy = Policy("p", (Statement(Action.GRANT, ("consumer",)),))
    estate = Estate({"p": policy}, {STAFF: ("p",)}, {}, {"staff": "staff"})
    other = Resource("node://p/other")
    granted = {
        NODE.reference: [
            Granted("g", "editor", STAFF),
            Granted("a", "editor", ANN),
            Granted("b", "owner", BOB),
        ],
        other.reference: [Granted("c", "manager", ANN)],
    }
    principals = Principals(estate, granted)
    for who in (ANN, BOB, Holder("user", "another"), STAFF):
        names = ["staff"] if who.kind == "user" else []
        own = {on: sorted(each, key=lambda one: one.holder != who) for on, each in granted.items()}
        alone = Principal(held(estate, who, names, own), estate.roles)
        for resource in (NODE, other):
            assert principals.of(who, names).authorities(resource) == alone.authorities(resource)


async def test_a_question_about_many_assignments_is_thought_about_elsewhere(gateway: Gateway) -> None:
    await gateway.write("p", GRANTING)
    await gateway.connection.execute(
        """
        INSERT INTO assignment (account_id, policy_id, holder_kind, holder_id, created_at)
        SELECT $1, 'p', 'user', gen_random_uuid()::text, now() FROM generate_series(1, 100000)
        """,
        gateway.account,
    )
    asked = {"target": {"type": "node"}, "permission": "READ", "policies": [GRANTING]}
    question = (gateway.connection, gateway.resources, gateway.account, asked)
    await entitlement_tests.resolve(*question)
    with within(0.1):
        resolved = await entitlement_tests.resolve(*question)
    assert len(resolved.used[0].holders) == 100_000


async def test_what_a_reference_leads_to_is_weighed_as_it_is_stored(gateway: Gateway) -> None:
    document = msgspec.json.encode({"reference": "node://p/n", "properties": {"x": "y" * 60_000}})
    content = ("node://p/n", document)
    await registered_resources.insert(gateway.connection, gateway.account, "r", content, "x")

    async def work(view: View) -> dict[str, Resource]:
        return await view.resources(["node://p/n"])

    assert await entitlements.read(gateway.resources, gateway.account, work)
    state = gateway.resources.estates.of(gateway.account).state
    assert state.weight == len(document) // estates.BYTES + 1


async def test_documents_of_principals_that_are_too_much_together_are_refused(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "BYTES_LIMIT", 1000)
    for number in range(2):
        row = (f"g{number}", f"g{number}", b'{"x":"' + b"y" * 600 + b'"}', "x")
        assert await groups.insert(gateway.connection, gateway.account, *row)

    async def work(view: View) -> dict[str, Resource]:
        account = gateway.account.hex
        return await view.resources([f"group://{account}/default/g{number}" for number in range(2)])

    with pytest.raises(Faulty, match="1000 bytes"):
        await entitlements.read(gateway.resources, gateway.account, work)
