"""Groups and users as one list: groups first, each kind as it was created; counted, then read by page."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from aiohttp import web
from pyroaring import BitMap

from services.gateway.bodies import BODY_BYTES
from services.gateway.cloudcms import listing
from services.gateway.cloudcms.answers import ResultMap, refused, result_map
from services.gateway.cloudcms.bounds import ANSWER_BYTES, SMALL_BYTES, Clock, room
from services.gateway.cloudcms.listing import Listing
from services.gateway.cloudcms.principals.principal_documents import group_object, user_object
from services.gateway.routing import Call
from services.gateway.users import page_of
from shared.store import groups, people, profiles
from shared.store.groups import Group
from shared.store.people import Window
from shared.store.pool import Connection, acquire, one_moment
from shared.store.profiles import Person
from shared.store.users import Directory
from shared.wire.cloudcms.queries import Query

MOST = 10_000
"""Principals that a query looks at one by one, or that are sorted."""
SEARCH_SECONDS = 5.0
"""Of processor time. To look at MOST principals takes a second."""
TOO_LONG = "the query takes too long: ask for less, or with simpler patterns"
PIECE = 256
"""Principals that are read before it is seen how many bytes they take."""
OVERHEAD = 200
"""Bytes of a principal beside a client's own fields."""


class Crowd(NamedTuple):
    """Users by segment; some groups by id, or all of the account's if that is None."""

    account: UUID
    directory: Directory
    users: Mapping[int, BitMap]
    groups: Collection[str] | None = ()


class Asked(NamedTuple):
    """Which part is asked for, in which order, and of whom."""

    listing: Listing
    by: tuple[listing.Sort, ...]
    query: Query | None = None

    @property
    def costly(self) -> bool:
        """Whether there are patterns to be looked for."""
        return self.query is not None and self.query.cost > 0


def asked(request: web.Request, part: Listing, query: Query | None = None) -> Asked:
    """What a request asks for; raises Faulty."""
    return Asked(part, listing.sorts(request), query)


Found = Sequence[Group | Person]
"""Principals as they are stored."""


class _Heavy(Exception):  # noqa: N818  # no error: it is begun again where there is room for it
    """There is more to read than can be at any time."""


class _Read(NamedTuple):
    """Principals that were read; `total` and `skip` say which part of how many, None that they are all."""

    found: Found
    total: int | None = None
    skip: int = 0


async def listed(
    call: Call, crowd: Callable[[Connection], Awaitable[Crowd]], wanted: Asked
) -> ResultMap[msgspec.Raw]:
    """A part of a crowd, of one snapshot. Raises Faulty where it is too large, or takes too long."""
    try:
        read = await _read(call, crowd, wanted, BODY_BYTES)
    except _Heavy:
        async with room(call, heavy=True):
            read = await _read(call, crowd, wanted, ANSWER_BYTES)
            return await _answer(read, wanted)
    async with room(call, heavy=wanted.costly):
        return await _answer(read, wanted)


async def _read(
    call: Call, crowd: Callable[[Connection], Awaitable[Crowd]], wanted: Asked, most: int
) -> _Read:
    """What has to be looked into, at most so many bytes of it; the connection is given back."""
    async with acquire(call.resources.pool) as connection, one_moment(connection):
        there = await crowd(connection)
        number = await _groups_number(connection, there)
        total = number + sum(map(len, there.users.values()))
        skip = wanted.listing.skip
        if wanted.query is None and not wanted.by:
            window = Window(skip, wanted.listing.most)
            return _Read(await _page(connection, there, number, _Part(window, most)), total, skip)
        if total > MOST:
            message = (
                f"{total} principals are more than the {MOST} that a query or `sort` can go through: "
                "ask for those of a `name`, an `email` or a `_doc`"
            )
            raise refused(message)
        return _Read(await _page(connection, there, number, _Part(Window(0, total), most)))


async def chosen(call: Call, found: Found, wanted: Asked) -> ResultMap[msgspec.Raw]:
    """A part of those principals that are asked for; raises Faulty where that takes too long."""
    async with room(call, heavy=wanted.costly):
        return await _answer(_Read(found), wanted)


async def _answer(read: _Read, wanted: Asked) -> ResultMap[msgspec.Raw]:
    if read.total is None:
        return await asyncio.to_thread(matching, read.found, wanted)
    return result_map(await shown(read.found), read.total, read.skip)


async def shown(found: Found) -> list[msgspec.Raw]:
    """Principals as answers have them; put together in a thread if they are large."""
    return _shown(found) if _size(found) <= SMALL_BYTES else await asyncio.to_thread(_shown, found)


def matching(found: Found, wanted: Asked, seconds: float = SEARCH_SECONDS) -> ResultMap[msgspec.Raw]:
    """A part of the principals that are asked for; raises Faulty for a query that takes too long."""
    clock, rows = Clock(seconds, TOO_LONG), list[tuple[listing.Keys, Group | Person]]()
    for each in found:
        clock.look()
        document = _object(each)
        if wanted.query is None or wanted.query.matches(document, clock):
            rows.append((listing.keys(document, wanted.by), each))
    skip, ordered = wanted.listing.skip, listing.by_keys(rows, wanted.by)
    return result_map(_shown(ordered[skip : skip + wanted.listing.most]), len(ordered), skip)


def _object(each: Group | Person) -> dict[str, Any]:
    return group_object(each) if isinstance(each, Group) else user_object(each)


def _shown(found: Found) -> list[msgspec.Raw]:
    return [msgspec.Raw(msgspec.json.encode(_object(each))) for each in found]


def _size(found: Found) -> int:
    return sum(OVERHEAD + len(each.document or b"") for each in found)


async def _groups_number(connection: Connection, crowd: Crowd) -> int:
    return await groups.count(connection, crowd.account) if crowd.groups is None else len(crowd.groups)


class _Part(NamedTuple):
    """Which of a crowd are read, and how many bytes at the most."""

    window: Window
    most: int


async def _page(connection: Connection, crowd: Crowd, groups_number: int, part: _Part) -> Found:
    window, found = part.window, list[Group | Person]()
    take = min(window.take, groups_number - window.skip)
    if take > 0:
        await _gather(found, await _groups(connection, crowd, window.skip, take), part.most)
    rest = Window(max(0, window.skip - groups_number), window.take - len(found))
    if rest.take > 0:
        hits = page_of(crowd.users, crowd.directory.segment_bits, rest).ordinals

        def people(first: int) -> Awaitable[list[Person]]:
            some = hits[first : first + PIECE]
            return profiles.page(connection, crowd.account, crowd.directory.version, some)

        await _gather(found, [partial(people, first) for first in range(0, len(hits), PIECE)], part.most)
    return found


async def _gather(
    found: list[Group | Person], pieces: Sequence[Callable[[], Awaitable[Found]]], most: int
) -> None:
    """Read piece after piece, until there is too much; raises _Heavy, or Faulty for what is never read."""
    size = _size(found)
    for piece in pieces:
        more = await piece()
        size += _size(more)
        if size > ANSWER_BYTES:
            raise refused(f"the principals take more than {ANSWER_BYTES} bytes: ask for fewer with `limit`")
        if size > most:
            raise _Heavy
        found += more


async def _groups(
    connection: Connection, crowd: Crowd, skip: int, take: int
) -> Sequence[Callable[[], Awaitable[Found]]]:
    """Groups by pieces, each to be read when it is its turn."""
    places = range(skip, skip + take, PIECE)
    if crowd.groups is None:
        account, end = crowd.account, skip + take
        return [partial(groups.page, connection, account, at, min(PIECE, end - at)) for at in places]
    ids = (await groups.in_order(connection, crowd.account, crowd.groups))[skip : skip + take]
    return [
        partial(groups.several, connection, crowd.account, ids[first : first + PIECE])
        for first in range(0, len(ids), PIECE)
    ]


async def everybody(connection: Connection, account: UUID, kinds: Collection[str]) -> Crowd:
    """All of an account's principals of some kinds, `USER` and `GROUP`; of one snapshot."""
    now = await people.directory(connection, account)
    living = await people.living(connection, account, now) if "USER" in kinds else {}
    return Crowd(account, now, living, None if "GROUP" in kinds else ())
