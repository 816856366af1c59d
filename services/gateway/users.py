"""Changing users and paging through all of them, whatever the dialect: the same locks, the same versions."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

from pyroaring import BitMap

from services.gateway import pages
from shared.directory.membership import names
from shared.directory.merge import Merged, Record, User, merge
from shared.directory.movement import Movement
from shared.store import errors, people, rows, users, writing
from shared.store.people import Hits, Window
from shared.store.pool import Connection
from shared.store.users import Directory

# An import holds the directory for about a second at a time. There are two locks to wait for: of the writer,
# and of who has waited longest; only then is PostgreSQL at fault.
LOCK_SECONDS = 3.0
WAIT_SECONDS = 7.0


class Scene(NamedTuple):
    """The directory, ours to write to until the transaction ends, and the users whom a change is about."""

    directory: Directory
    known: list[User]

    def user(self, user_id: UUID) -> User | None:
        """One of them, by id."""
        return next((user for user in self.known if user.user_id == user_id), None)


async def scene(
    connection: Connection, account: UUID, ids: Sequence[UUID], addresses: Sequence[str]
) -> Scene:
    """The scene of a change of some users, by id or canonical address; raises LockNotAvailable."""
    await errors.bound_waits(connection, LOCK_SECONDS)
    await people.wait(connection, account, WAIT_SECONDS)
    directory = await users.lock(connection, account)
    return Scene(directory, await users.matching(connection, account, ids, addresses))


async def write(connection: Connection, account: UUID, where: Scene, records: Sequence[Record]) -> Merged:
    """Make users what records say: one version of the directory."""
    movement = Movement(where.directory.segment_bits)
    entries = [rows.entry(record) for record in records]
    merged = merge(entries, where.known, movement, where.directory.next_ordinal, uuid4)
    await writing.write(connection, account, where.directory, merged)
    return merged


def record(user: User) -> Record:
    """What a user is, as a record: a change replaces some of it."""
    what = (user.address, *rows.details(user), names(user.groups), user.identity)
    return Record(0, user.user_id, *what, None)


def removal(user_id: UUID) -> Record:
    """That a user goes."""
    return Record(0, user_id, "", "", "", (), None, None, deleted=True)


def page_of(living: Mapping[int, BitMap], segment_bits: int, window: Window) -> Hits:
    """A page of users who are given as sets: found by counting, so that the last costs no more."""
    counts = {segment: len(positions) for segment, positions in living.items()}
    ordinals = [
        (part.segment << segment_bits) + position
        for part in pages.slices(counts.items(), *window)
        for position in living[part.segment][part.skip : part.skip + part.take]
    ]
    return Hits(ordinals, sum(counts.values()))
