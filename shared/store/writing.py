"""Writing users and their index together, and folding what was only logged."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from uuid import UUID

from shared.directory.attributes import MEMBERSHIP
from shared.directory.membership import names
from shared.directory.merge import Merged
from shared.directory.postings import Addition, Difference, Differences, Key, combine
from shared.store import departures, groups, postings, users
from shared.store.pool import Connection
from shared.store.strangers import Strangers
from shared.store.users import Directory

# Logging is cheaper than changing postings while each gains or loses few users; not when a batch fills them.
LOG_ROWS_PER_POSTING = 4
LOG_ROWS = 20_000


def _worth_logging(differences: Differences) -> bool:
    rows = sum(len(difference.added) + len(difference.removed) for difference in differences.values())
    return rows <= LOG_ROWS and rows <= LOG_ROWS_PER_POSTING * len(differences)


def after(was: Directory, merged: Merged) -> Directory:
    """The directory once a batch is written, but for what its postings are folded up to."""
    if not merged.rows and not merged.ended:
        return was
    return was._replace(
        version=was.version + 1,
        next_ordinal=merged.next_ordinal,
        users=was.users + merged.tally.created - merged.tally.deleted,
    )


async def write(connection: Connection, account: UUID, was: Directory, merged: Merged) -> Directory:
    """Write a merged batch as the next version. The transaction holds the lock of `users.lock`.

    A large batch changes the postings directly, with what the log still holds; a small one is logged. What is
    made of the index is made in a thread while PostgreSQL takes users in.
    """
    now, half = after(was, merged), len(merged.rows) // 2
    if now is was:
        return was
    making = asyncio.create_task(asyncio.to_thread(merged.movement.differences))
    await users.write(connection, account, now.version, merged.ended, merged.rows[:half])
    differences, rest = await making, merged.rows[half:]
    directly = not _worth_logging(differences)
    if directly:
        differences = await _with_log(connection, account, was, differences)
        insert = partial(users.write, connection, account, now.version, [], rest)
        await _apply(connection, account, now.version, differences, insert)
    else:
        await users.write(connection, account, now.version, [], rest)
        await postings.append(connection, account, differences, was.segment_bits)
    await _tell(connection, account, merged, differences)
    created, deleted = merged.tally.created, merged.tally.deleted
    await users.advance(connection, account, now, created=created, deleted=deleted, folded=directly)
    return now._replace(folded=now.version if directly else was.folded)


async def enter(connection: Connection, account: UUID, was: Directory, strangers: Strangers) -> Directory:
    """Write users as the next version, whom nobody knows and who fit the directory. Otherwise as `write`."""
    if not strangers.users:
        return was
    now = was._replace(
        version=was.version + 1,
        next_ordinal=was.next_ordinal + strangers.users,
        users=was.users + strangers.users,
    )
    additions: Mapping[Key, Difference | Addition] = strangers.additions()
    if was.folded != was.version:
        differences = {key: addition.difference() for key, addition in strangers.additions().items()}
        additions = await _with_log(connection, account, was, differences)
    insert = partial(users.insert, connection, strangers.rows)
    await _apply(connection, account, now.version, additions, insert)
    await groups.introduce(connection, account, strangers.groups)
    await users.advance(connection, account, now, created=strangers.users, deleted=0, folded=True)
    return now._replace(folded=now.version)


async def _apply(
    connection: Connection,
    account: UUID,
    version: int,
    changes: Mapping[Key, Difference | Addition],
    insert: Callable[[], Awaitable[None]],
) -> None:
    """Change postings, in a thread while users are inserted."""
    before = await postings.current(connection, account, changes)
    changing = asyncio.create_task(asyncio.to_thread(postings.changed, before, changes))
    await insert()
    await postings.write(connection, account, version, before, await changing)


async def _tell(connection: Connection, account: UUID, merged: Merged, differences: Differences) -> None:
    """Forget what is kept of users who go, and make groups of names that are new in records.

    In this order: who makes a group by its name has the entitlements already.
    """
    if merged.deleted:
        await departures.forget_users(connection, account, merged.deleted)
    if any(where.attribute == MEMBERSHIP for where in differences):
        together = {user.groups for user in merged.rows}  # far fewer than users
        await groups.introduce(connection, account, {name for each in together for name in names(each)})


async def _with_log(
    connection: Connection, account: UUID, was: Directory, differences: Differences
) -> Differences:
    """Differences from what the postings say, rather than from what the log has by now."""
    if was.folded == was.version:
        return differences
    return combine(await postings.take_log(connection, account, was.segment_bits), differences)


async def fold(connection: Connection, account: UUID) -> Directory:
    """Bring the postings up to the version of the users. The transaction holds the account until it ends."""
    now = await users.lock(connection, account)
    if now.folded < now.version:
        log = await postings.take_log(connection, account, now.segment_bits)
        await postings.apply(connection, account, now.version, log)
        await users.folded(connection, account, now.version)
    return now._replace(folded=now.version)
