"""Groups of the directory: their rows, which are members of which, and who is in them.

A user's groups stand in the user's record, by name; a group is there as soon as any record names it. Who
changes a nesting, or removes a group, has the version of `entitlements.advance`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pyroaring import BitMap

from shared.directory import bitmaps
from shared.directory.attributes import membership_label
from shared.directory.merge import User
from shared.store import queries
from shared.store.pool import Connection
from shared.store.rows import user

SQL = queries.load("groups.sql")


class Group(NamedTuple):
    """A group: `document` is JSON of what a client sent, but for the name."""

    group_id: str
    name: str
    document: bytes
    created_at: datetime
    created_by: str
    modified_at: datetime
    modified_by: str


async def introduce(connection: Connection, account: UUID, names: Collection[str]) -> None:
    """Make groups of names that are none yet; a writer of users does so for those in records."""
    if names:
        given = sorted(names)  # two writers that make the same ones wait for each other, in one order
        await connection.execute(SQL["introduce"], account, given, list(map(membership_label, given)))


async def insert(
    connection: Connection, account: UUID, group_id: str, name: str, document: bytes, by: str
) -> bool:
    """A new group; False if there is one of that name."""
    row = (account, group_id, name, document, by)
    return await connection.fetchval(SQL["insert"], *row) is not None


async def put(connection: Connection, account: UUID, group_id: str, document: bytes, by: str) -> None:
    """Replace what is said of a group."""
    await connection.execute(SQL["put"], account, group_id, document, by)


async def delete(connection: Connection, account: UUID, group_id: str) -> None:
    """Remove a group that no record names; its nestings go along."""
    await connection.execute(SQL["delete"], account, group_id)


async def several(connection: Connection, account: UUID, ids: Collection[str]) -> list[Group]:
    """Some groups, oldest first."""
    return [Group(*row) for row in await connection.fetch(SQL["several"], account, list(ids))]


async def in_order(connection: Connection, account: UUID, ids: Collection[str]) -> list[str]:
    """The ids of those that exist of some groups, oldest first."""
    return [row["group_id"] for row in await connection.fetch(SQL["in_order"], account, list(ids))]


async def page(connection: Connection, account: UUID, skip: int, take: int) -> list[Group]:
    """Some of all groups, oldest first."""
    return [Group(*row) for row in await connection.fetch(SQL["page"], account, skip, take)]


async def count(connection: Connection, account: UUID) -> int:
    """How many groups there are."""
    found: int = await connection.fetchval(SQL["count"], account)
    return found


async def over(connection: Connection, account: UUID, limit: int) -> bool:
    """Whether an account has more groups than that which did not come with records."""
    found: bool = await connection.fetchval(SQL["over"], account, limit)
    return found


async def named(connection: Connection, account: UUID, names: Iterable[str]) -> dict[str, str]:
    """The ids of groups by their names, of those that exist."""
    labels = list({membership_label(name) for name in names})
    return dict(tuple(row) for row in await connection.fetch(SQL["named"], account, labels))


async def nestings(connection: Connection, account: UUID) -> dict[str, tuple[str, ...]]:
    """By group the groups that are members of it, directly."""
    return {group: tuple(members) for group, members in await connection.fetch(SQL["nestings"], account)}


async def nest(connection: Connection, account: UUID, group_id: str, member: str) -> bool:
    """Make one group a member of another; False if it is already."""
    return await connection.fetchval(SQL["nest"], account, group_id, member) is not None


async def unnest(connection: Connection, account: UUID, group_id: str, member: str) -> bool:
    """Let a group no longer be a member of another; False if it was not."""
    return await connection.fetchval(SQL["unnest"], account, group_id, member) is not None


async def team_of(connection: Connection, account: UUID, group_id: str) -> str | None:
    """The id of a team that has the group's members."""
    team: str | None = await connection.fetchval(SQL["backing"], account, group_id)
    return team


async def records(
    connection: Connection, account: UUID, version: int, members: Mapping[int, BitMap], segment_bits: int
) -> list[User]:
    """The users who are members, as they are at a version."""
    ordinals = [
        (segment << segment_bits) + position for segment, held in members.items() for position in held
    ]
    found = await connection.fetch(SQL["records"], account, version, ordinals)
    return [user(tuple(row)) for row in found]


async def members(
    connection: Connection, account: UUID, names: Sequence[str], segment_bits: int
) -> dict[int, BitMap]:
    """The users who are in any of some groups directly, by segment, in order; of one snapshot.

    The postings with what the log still holds.
    """
    labels = list({membership_label(name) for name in names})
    found: defaultdict[str, dict[int, BitMap]] = defaultdict(dict)
    for label, segment, data in await connection.fetch(SQL["members"], account, labels):
        found[label][segment] = bitmaps.decode(data)
    mask = (1 << segment_bits) - 1
    for label, ordinal, added in await connection.fetch(SQL["member_changes"], account, labels):
        positions = found[label].setdefault(ordinal >> segment_bits, BitMap())
        change = positions.add if added else positions.discard
        change(ordinal & mask)
    return _united(found.values())


def _united(held: Iterable[Mapping[int, BitMap]]) -> dict[int, BitMap]:
    united: dict[int, BitMap] = {}
    for segments in held:
        for segment, positions in segments.items():
            united[segment] = united[segment] | positions if segment in united else positions
    return {segment: united[segment] for segment in sorted(united) if united[segment]}
