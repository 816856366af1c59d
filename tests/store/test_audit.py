"""The audit log in the database: append-only for the service's own role, and nobody's wait."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from shared.store import audit, pool
from shared.store.audit import NEWEST, Actor, Change, Place, Wanted

WHO = Actor("ann000000000", "Ann")


def change(**differing):
    return Change(
        **{"action": "create", "kind": "list", "subject": uuid4(), "before": None, "after": b"{}"} | differing
    )


@pytest.fixture
async def entry(connection, account):
    """The place of an entry in an account's log."""
    await audit.record(connection, account.id, WHO, change())
    (found,) = (await audit.page(connection, account.id, Wanted())).entries
    return Place(found.at, found.sequence)


ALTERATIONS = {
    "update": "UPDATE audit_entry SET token_name = 'nobody'",
    "update of nothing": "UPDATE audit_entry SET token_name = 'nobody' WHERE false",
    "delete": "DELETE FROM audit_entry",
    "delete of nothing": "DELETE FROM audit_entry WHERE false",
    "truncate": "TRUNCATE audit_entry",
    "truncate with others": "TRUNCATE audit_entry, token CASCADE",
    "upsert": """
        INSERT INTO audit_entry (account_id, sequence, token_id, token_name, action, kind, subject_id)
        OVERRIDING SYSTEM VALUE
        SELECT account_id, sequence, 'x', 'x', action, kind, subject_id FROM audit_entry
        ON CONFLICT (account_id, sequence) DO UPDATE SET token_name = 'nobody'""",
    "merge": """
        MERGE INTO audit_entry USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE""",
}


@pytest.mark.parametrize("role", ["origin", "replica"])
@pytest.mark.parametrize("name", ALTERATIONS)
async def test_the_services_own_role_alters_nothing(connection, account, entry, name, role):
    async with connection.transaction():
        await connection.execute(f"SET LOCAL session_replication_role = {role}")
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            async with connection.transaction():
                await connection.execute(ALTERATIONS[name])
    (found,) = (await audit.page(connection, account.id, Wanted())).entries
    assert (found.sequence, found.actor.name) == (entry.sequence, "Ann")


async def test_an_account_leaves_its_log_behind(connection, account, entry):
    await connection.execute("DELETE FROM account WHERE account_id = $1", account.id)
    (found,) = (await audit.page(connection, account.id, Wanted())).entries
    assert found.sequence == entry.sequence


async def test_who_writes_waits_for_nobody(connection, migrated, account):
    other = await pool.connect(migrated)
    try:
        async with connection.transaction():
            await audit.record(connection, account.id, WHO, change())
            async with asyncio.timeout(2), other.transaction():
                await audit.record(other, account.id, WHO, change())
                await audit.page(other, account.id, Wanted())
    finally:
        await other.close()
    assert len((await audit.page(connection, account.id, Wanted())).entries) == 2


async def test_an_entry_is_as_old_as_its_writing_not_as_its_transaction(connection, migrated, account):
    other = await pool.connect(migrated)
    try:
        async with connection.transaction():
            await connection.execute("SELECT 1")
            await audit.record(other, account.id, WHO, change(kind="user"))
            await audit.record(connection, account.id, WHO, change(kind="directory"))
    finally:
        await other.close()
    found = (await audit.page(connection, account.id, Wanted())).entries
    assert [each.kind for each in found] == ["directory", "user"]


async def test_a_page_after_an_entry_begins_with_the_next(connection, account, entry):
    await audit.record(connection, account.id, WHO, change())
    first = await audit.page(connection, account.id, Wanted(limit=1))
    second = await audit.page(connection, account.id, Wanted(after=first.end, limit=1))
    assert [each.sequence for each in second.entries] == [entry.sequence]
    assert second.end is None
    assert (await audit.page(connection, account.id, Wanted(after=NEWEST))).entries[0] == first.entries[0]


async def test_entries_of_one_moment_are_told_apart(connection, account):
    columns = "account_id, at, token_id, token_name, action, kind, subject_id"
    query = f"INSERT INTO audit_entry ({columns}) SELECT $1, now(), 'x', 'x', 'create', 'list', n::text"
    await connection.execute(f"{query} FROM generate_series(1, 50) AS n", account.id)
    seen, place = [], NEWEST
    while place is not None:
        page = await audit.page(connection, account.id, Wanted(after=place, limit=7))
        seen += [each.subject_id for each in page.entries]
        place = page.end
    assert seen == [str(number) for number in range(50, 0, -1)]


# What is asked, and the index that leads to it.
FINDABLE = {
    "time": ("audit_entry_time", {}),
    "subject": ("audit_entry_subject", {"subject_id": "L"}),
    "token": ("audit_entry_token", {"token_id": "rare00000000"}),
    "kind": ("audit_entry_kind", {"kind": "list"}),
}


@pytest.mark.parametrize("name", FINDABLE)
async def test_rare_entries_are_found_by_an_index(connection, account, name):
    columns = "account_id, token_id, token_name, action, kind, subject_id"
    query = f"INSERT INTO audit_entry ({columns}) SELECT $1, 'x', 'x', 'update', 'user', n::text"
    await connection.execute(f"{query} FROM generate_series(1, 20000) AS n", account.id)
    await connection.execute("ANALYZE audit_entry")
    index, filters = FINDABLE[name]
    values = [filters.get(column) for column in ("kind", "action", "subject_id", "token_id")]
    explained = f"EXPLAIN (FORMAT JSON) {audit.SQL['page']}"
    plan = await connection.fetchval(explained, account.id, audit.EARLIEST, *NEWEST, *values, 100, 1)
    assert index in str(plan)
    assert "Seq Scan" not in str(plan)
