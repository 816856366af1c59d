"""An import is a job that brings all of an archive into an account, or nothing, and says what it did."""

import asyncio
from random import Random
from uuid import UUID, uuid4

import msgspec
import pytest

from services.worker import import_archive, restoration
from services.worker.transfer import transfer
from shared.directory.membership import names
from shared.store import arrivals, audit, entitlements, jobs, lists, pool, restoring, users
from shared.store.audit import Wanted
from shared.wire.cloudflare import lists as list_documents
from shared.wire.jobs import Hint
from shared.wire.jobs import Kind as JobKind
from shared.wire.transfer.contents import Kind
from shared.wire.transfer.requests import Import, Included, Strategy
from tests.directory.scratch import record
from tests.store.account import Account
from tests.transfer.bringing import BY, archived, piece, possible
from tests.transfer.strategies import MOST, world
from tests.transfer.writing import write

CLONE = Strategy.CLONE
U1 = "00000000-0000-4000-8000-000000000001"
ROLE = piece(Kind.ROLE, "r", {"roleKey": "r", "permissions": ["READ"]})
POLICY = piece(Kind.POLICY, "p", {"title": "P", "statements": [{"action": "grant", "roles": ["r"]}]})
LIST_OF_ONE = {"name": "l", "type": "IP", "items": [{"value": "10.0.0.1", "description": "d"}]}
LIST = piece(Kind.LIST, U1, LIST_OF_ONE)
GROUP = piece(Kind.GROUP, "g", {"name": "team:platform::k", "groups": [], "document": {}})
TEAM = piece(Kind.TEAM, "t", {"key": "k", "groupId": "g", "roleKeys": ["r"], "document": {"title": "T"}})
PEOPLE = ["ann@a.example", "bob@a.example", "cat@a.example"]


def members(*addresses):
    given = [{"id": str(uuid4()), "email": each} for each in addresses]
    return piece(Kind.MEMBERSHIP, "g/1", {"groupId": "g", "users": given})


def held(address):
    who = {"principalType": "user", "principalId": str(uuid4()), "principalName": address}
    return piece(Kind.ASSIGNMENT, f"p/user/{address}", {"policyId": "p", **who})


async def entries(connection, account):
    return (await audit.page(connection, account, Wanted())).entries


async def groups_of(connection, account, address):
    (found,) = await users.matching(connection, account, [], [address])
    return names(found.groups)


async def test_a_policy_comes_with_all_that_it_needs(connection, new_account, bringer):
    account = await new_account()
    await Account(connection, account).write(*map(record, PEOPLE[:2]))
    data = archived(ROLE, POLICY, GROUP, TEAM, LIST, members(*PEOPLE), held(PEOPLE[0]), held(PEOPLE[2]))
    result = await bringer.bring(account, data, strategy=CLONE)
    assert result["counts"] == {"create": 7, "change": 0, "leave": 0, "refuse": 2}
    refused = [each["message"] for each in result["changes"] if each["action"] == "refuse"]
    assert "`cat@a.example`" in refused[0]
    assert refused[1] == "not here: `cat@a.example`"
    assert await groups_of(connection, account, PEOPLE[1]) == ("team:platform::k",)
    (moved,) = result["imports"]
    assert moved["targets"] == [
        {"typeId": "accessPolicy", "id": "p", "ref": f"accessPolicy://{account.hex}/p"}
    ]


async def test_each_change_is_in_the_audit_log_as_one_by_hand_would_be(connection, new_account, bringer):
    account = await new_account()
    await Account(connection, account).write(*map(record, PEOPLE))
    data = archived(ROLE, POLICY, GROUP, TEAM, LIST, members(*PEOPLE[:2]), held(PEOPLE[0]))
    await bringer.bring(account, data, strategy=CLONE)
    found = await entries(connection, account)
    assert {(each.actor.token_id, each.actor.name) for each in found} == {BY}
    assert sorted((each.action, each.kind, each.subject_id) for each in found) == [
        *(("create", "access_policy", "p"), ("create", "assignment", "p")),
        *(("create", "directory_group", "g"), ("create", "list", U1)),
        *(("create", "role", "r"), ("create", "team", "t")),
        *(("update", "directory_group", "g"), ("update", "directory_group", "g")),
    ]
    documents = {each.kind: msgspec.json.decode(each.document) for each in found if each.action == "create"}
    assert documents["list"]["items"] == [{"value": "10.0.0.1", "description": "d"}]
    assert (documents["team"]["_doc"], documents["team"]["teamableObjectId"]) == ("t", account.hex)


async def test_what_is_changed_says_what_it_was(connection, new_account, bringer):
    account = await new_account()
    await bringer.bring(account, archived(ROLE, POLICY, LIST), strategy=CLONE)
    other = piece(Kind.LIST, U1, {"name": "m", "type": "IP", "items": [{"value": "10.0.0.2"}]})
    titled = piece(Kind.POLICY, "p", {"title": "Q", "statements": []})
    result = await bringer.bring(account, archived(titled, other), strategy=CLONE)
    assert {each["action"] for each in result["changes"]} == {"change"}
    latest = {each.kind: each for each in (await entries(connection, account))[:2]}
    assert {each.action for each in latest.values()} == {"update"}
    assert msgspec.json.decode(latest["access_policy"].document) == {"title": "Q", "statements": []}
    assert latest["access_policy"].before_digest != latest["access_policy"].after_digest
    assert await lists.values(connection, account, UUID(U1)) == ("10.0.0.2",)


async def test_what_is_here_already_is_left_without_a_trace(connection, new_account, bringer):
    account = await new_account()
    data = archived(ROLE, POLICY, LIST)
    await bringer.bring(account, data, strategy=CLONE)
    before = (await entitlements.versions(connection, account), len(await entries(connection, account)))
    result = await bringer.bring(account, data, strategy=CLONE)
    assert result["counts"] == {"create": 0, "change": 0, "leave": 3, "refuse": 0}
    assert before == (
        await entitlements.versions(connection, account),
        len(await entries(connection, account)),
    )


async def test_a_refused_archive_leaves_nothing_and_says_all_that_would_have_been(
    connection, new_account, bringer
):
    account = await new_account()
    strange = piece(Kind.POLICY, "q", {"statements": [{"action": "grant", "roles": ["nobody"]}]})
    archive = await bringer.keep(account, archived(ROLE, POLICY, strange, LIST))
    job = await bringer.run(account, Import(archive))
    assert job.state == "ERROR"
    assert job.log[-1].message.startswith(
        "the archive is refused: access policy `q`: there is no role `nobody`"
    )
    result = msgspec.json.decode(job.result)
    assert result["counts"] == {"create": 3, "change": 0, "leave": 0, "refuse": 1}
    assert await entries(connection, account) == []
    assert await entitlements.versions(connection, account) == (0, 0)
    dry = await bringer.run(account, Import(archive, dry_run=True))
    assert dry.state == "FINISHED"
    assert msgspec.json.decode(dry.result)["changes"] == result["changes"]


async def test_a_dry_run_writes_nothing(connection, new_account, bringer):
    made, account = possible(world(MOST, Random(2))), await new_account()
    other = await new_account()
    await write(connection, other, made)
    await bringer.people(account, made)
    before = await bringer.exported(account)
    result = await bringer.bring(account, await bringer.exported(other), strategy=CLONE, dry_run=True)
    assert result["counts"]["create"] > 0
    assert await bringer.exported(account) == before
    assert await entries(connection, account) == []


async def test_a_policy_comes_into_another(connection, new_account, bringer):
    account = await new_account()
    await bringer.bring(account, archived(ROLE, POLICY), strategy=CLONE)
    data = archived(ROLE, piece(Kind.POLICY, "other", {"title": "other", "statements": []}))
    result = await bringer.bring(account, data, policy="p")
    assert [(each["action"], each.get("target")) for each in result["changes"]] == [
        *(("leave", "r"), ("change", "p")),
    ]
    assert (await entries(connection, account))[0].subject_id == "p"


async def test_texts_are_substituted_in_lists_too(connection, new_account, bringer):
    account = await new_account()
    data = archived(LIST, piece(Kind.POLICY, "p", {"title": "on stage", "statements": []}))
    substitutions = {"10.0.": "10.1.", "stage": "prod"}
    result = await bringer.bring(account, data, strategy=CLONE, substitutions=substitutions)
    assert [each["name"] for each in result["changes"]] == ["on prod", "l"]
    assert await lists.values(connection, account, UUID(U1)) == ("10.1.0.1",)


async def test_lists_are_read_before_the_account_is_held_and_not_again(
    connection, new_account, bringer, monkeypatch
):
    """However long that takes: whoever writes to the account waits for the rest only."""
    account, order = await new_account(), []
    listed = [piece(Kind.LIST, str(UUID(int=n)), {**LIST_OF_ONE, "name": f"l{n}"}) for n in range(1, 4)]
    for module, name in ((restoring, "hold"), (list_documents, "decode"), (lists, "insert"), (lists, "put")):
        monkeypatch.setattr(module, name, noted(order, name, getattr(module, name)))
    await bringer.bring(account, archived(*listed), strategy=CLONE)
    assert order == [*["decode"] * 3, "hold", *["insert"] * 3]
    order.clear()
    other = {"items": [{"value": "10.0.0.9"}, {"value": "10.0.0.8"}]}
    changed = piece(Kind.LIST, str(UUID(int=2)), {**LIST_OF_ONE, **other})
    await bringer.bring(account, archived(listed[0], changed), strategy=CLONE)
    assert order == ["decode", "decode", "hold", "put"]
    assert await lists.values(connection, account, UUID(int=1)) == ("10.0.0.1",)
    assert sorted(await lists.values(connection, account, UUID(int=2))) == ["10.0.0.8", "10.0.0.9"]


def noted(order, name, deed):
    """The same deed, noted when it is begun."""

    def begun(*given, **named):
        order.append(name)
        return deed(*given, **named)

    return begun


async def test_only_what_is_included_is_written(connection, new_account, bringer):
    account = await new_account()
    await Account(connection, account).write(*map(record, PEOPLE))
    data = archived(ROLE, POLICY, GROUP, TEAM, members(*PEOPLE), held(PEOPLE[0]))
    nothing = Included(acls=False, teams=False, team_members=False)
    result = await bringer.bring(account, data, included=nothing)
    assert [each["kind"] for each in result["changes"]] == ["role", "access_policy"]


async def test_an_archive_that_is_gone_is_told(new_account, bringer):
    job = await bringer.run(await new_account(), Import(str(uuid4())))
    assert (job.state, "there is no archive" in job.log[-1].message) == ("ERROR", True)


async def test_what_is_no_archive_is_told(new_account, bringer):
    account = await new_account()
    assert "is no ZIP archive" in await bringer.refused(account, b"PK" * 100)


async def test_an_import_waits_for_whoever_else_writes(connection, new_account, bringer, scratch):
    account = await new_account()
    job_id, archive = uuid4(), await bringer.keep(account, archived(ROLE, POLICY))
    await jobs.insert(connection, account, job_id, Import(archive, strategy=CLONE), BY)
    other = await pool.connect(scratch)
    transaction = other.transaction()
    await transaction.start()
    await entitlements.advance(other, account)
    running = asyncio.create_task(transfer(bringer.work, Hint(JobKind.TRANSFER, account, job_id)))
    await asyncio.sleep(0.5)
    assert not running.done()
    await transaction.commit()
    await other.close()
    await running
    assert (await jobs.get(connection, account, job_id)).state == "FINISHED"


async def test_an_import_that_is_killed_writes_nothing(connection, new_account, bringer, scratch):
    account = await new_account()
    job_id, archive = uuid4(), await bringer.keep(account, archived(ROLE, POLICY))
    await jobs.insert(connection, account, job_id, Import(archive, strategy=CLONE), BY)
    other = await pool.connect(scratch)
    transaction = other.transaction()
    await transaction.start()
    await entitlements.advance(other, account)
    running = asyncio.create_task(transfer(bringer.work, Hint(JobKind.TRANSFER, account, job_id)))
    await asyncio.sleep(0.3)
    await jobs.kill(connection, account, job_id, BY)
    await transaction.rollback()
    await other.close()
    await running
    assert (await jobs.get(connection, account, job_id)).state == "ERROR"
    assert await entries(connection, account) == []


@pytest.mark.parametrize("strategy", list(Strategy))
async def test_progress_ends_with_all_of_it(new_account, bringer, strategy):
    account = await new_account()
    archive = await bringer.keep(account, archived(ROLE, POLICY, LIST))
    for _ in range(2):
        job = await bringer.run(account, Import(archive, strategy=strategy))
        assert (job.state, job.percent, job.done, job.total) == ("FINISHED", 100, 3, 3)


async def test_groups_of_more_members_than_memory_has_room_for_are_refused(new_account, bringer, monkeypatch):
    monkeypatch.setattr(import_archive, "MEMBERS", 3)
    few = archived(GROUP, TEAM, ROLE, members("a@a.example", "b@a.example", "c@a.example"))
    await bringer.bring(await new_account(), few)
    many = archived(GROUP, TEAM, ROLE, members("a@a.example", "b@a.example", "c@a.example", "d@a.example"))
    assert "more than 3 members" in await bringer.refused(await new_account(), many)


@pytest.mark.parametrize("dry", [False, True])
async def test_results_that_nobody_could_poll_are_refused(new_account, bringer, monkeypatch, dry):
    monkeypatch.setattr(import_archive, "TOLD", 1000)
    account = await new_account()
    data = archived(*(piece(Kind.ROLE, f"r{each}", {"roleKey": f"r{each}"}) for each in range(200)))
    assert "more than 1000 bytes" in await bringer.refused(account, data, dry_run=dry)


async def test_members_are_looked_up_and_written_down_a_few_at_a_time(
    connection, new_account, bringer, monkeypatch
):
    monkeypatch.setattr(restoration, "BATCH", 2)
    monkeypatch.setattr(arrivals, "USERS", 2)
    account = await new_account()
    await Account(connection, account).write(*map(record, PEOPLE))
    await bringer.bring(account, archived(ROLE, GROUP, TEAM, members(*PEOPLE)))
    assert [await groups_of(connection, account, each) for each in PEOPLE] == [("team:platform::k",)] * 3
    told = [each for each in await entries(connection, account) if each.action == "update"]
    assert len(told) == 3
