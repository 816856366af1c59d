"""Users become members of groups, many of them at a time: in their records, by the names of the groups."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from shared.directory.membership import names
from shared.directory.merge import Entry, Merged, User, merge
from shared.directory.movement import Movement
from shared.store import rows, users, writing
from shared.store.pool import Connection
from shared.store.users import Directory

BATCH = 5000


async def join(connection: Connection, account: UUID, joining: Mapping[UUID, Sequence[str]]) -> None:
    """Write names of groups into users' records; the transaction holds the lock of `users.lock`."""
    ids = list(joining)
    for some in (ids[first : first + BATCH] for first in range(0, len(ids), BATCH)):
        was = await users.lock(connection, account)
        known = await users.matching(connection, account, some, [])
        merged = await asyncio.to_thread(_merged, known, joining, was)
        await writing.write(connection, account, was, merged)


def _merged(known: Sequence[User], joining: Mapping[UUID, Sequence[str]], was: Directory) -> Merged:
    entries = [_entry(user, joining[user.user_id]) for user in known]
    return merge(entries, known, Movement(was.segment_bits), was.next_ordinal, uuid4)


def _entry(user: User, new: Sequence[str]) -> Entry:
    """A user's record with more groups in it."""
    groups = rows.encode_groups(tuple(dict.fromkeys((*names(user.groups), *new))))
    email = rows.details(user).email
    return Entry(0, user.user_id, user.address, email, user.details, groups, user.identity)
