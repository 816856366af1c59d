"""Writing users and their index together, and folding what was only logged."""

import asyncio
from uuid import UUID

from shared.directory.merge import Merged
from shared.directory.postings import Differences, combine
from shared.store import postings, users
from shared.store.pool import Connection
from shared.store.users import Directory

# Logging is cheaper than changing postings while each gains or loses few users; not when a batch fills them.
LOG_ROWS_PER_POSTING = 4
LOG_ROWS = 20_000


def _worth_logging(differences: Differences) -> bool:
    rows = sum(len(difference.added) + len(difference.removed) for difference in differences.values())
    return rows <= LOG_ROWS and rows <= LOG_ROWS_PER_POSTING * len(differences)


async def write(connection: Connection, account: UUID, was: Directory, merged: Merged) -> Directory:
    """Write a merged batch as the next version. The transaction holds the lock of `users.lock`.

    A large batch changes the postings directly, with what the log still holds; a small one is logged.
    """
    if not merged.rows and not merged.ended:
        return was
    version = was.version + 1
    # The index is made in a thread while PostgreSQL takes the users in: they are half of the time each.
    making = asyncio.create_task(asyncio.to_thread(merged.movement.differences))
    await users.write(connection, account, version, merged.ended, merged.rows)
    differences = await making
    directly = not _worth_logging(differences)
    if directly:
        await _apply(connection, account, version, was, differences)
    else:
        await postings.append(connection, account, differences, was.segment_bits)
    now = was._replace(
        version=version,
        folded=version if directly else was.folded,
        next_ordinal=merged.next_ordinal,
        users=was.users + merged.tally.created - merged.tally.deleted,
    )
    tally = merged.tally
    await users.advance(
        connection, account, now, created=tally.created, deleted=tally.deleted, folded=directly
    )
    return now


async def _apply(
    connection: Connection, account: UUID, version: int, was: Directory, differences: Differences
) -> None:
    if was.folded < was.version:
        log = await postings.take_log(connection, account, was.segment_bits)
        differences = combine(log, differences)
    await postings.apply(connection, account, version, differences)


async def fold(connection: Connection, account: UUID) -> Directory:
    """Bring the postings up to the version of the users. The transaction holds the account until it ends."""
    now = await users.lock(connection, account)
    if now.folded < now.version:
        log = await postings.take_log(connection, account, now.segment_bits)
        await postings.apply(connection, account, now.version, log)
        await users.folded(connection, account, now.version)
    return now._replace(folded=now.version)
