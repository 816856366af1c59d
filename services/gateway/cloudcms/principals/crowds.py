"""Groups and users as one list: groups first, each kind as it was created; counted, then read by page."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from aiohttp import web
from pyroaring import BitMap

from services.gateway.cloudcms import listing
from services.gateway.cloudcms.answers import ResultMap, refused, result_map
from services.gateway.cloudcms.listing import Listing
from services.gateway.cloudcms.principals.principal_documents import group_object, user_object
from services.gateway.users import page_of
from shared.store import groups, people, profiles
from shared.store.people import Window
from shared.store.pool import Connection
from shared.store.users import Directory
from shared.wire.cloudcms.queries import Query

MOST = 10_000
"""Principals that a query looks at one by one, or that are sorted."""


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


def asked(request: web.Request, part: Listing, query: Query | None = None) -> Asked:
    """What a request asks for; raises Faulty."""
    return Asked(part, listing.sorts(request), query)


async def listed(connection: Connection, crowd: Crowd, wanted: Asked) -> ResultMap[Any]:
    """A part of a crowd. Raises Faulty where it had to be read as a whole and is too large."""
    number = await _groups_number(connection, crowd)
    total = number + sum(map(len, crowd.users.values()))
    skip, most = wanted.listing.skip, wanted.listing.most
    if wanted.query is None and not wanted.by:
        return result_map(await _page(connection, crowd, number, Window(skip, most)), total, skip)
    if total > MOST:
        message = (
            f"{total} principals are more than the {MOST} that a query or `sort` can go through: "
            "ask for those of a `name`, an `email` or a `_doc`"
        )
        raise refused(message)
    rows = await _page(connection, crowd, number, Window(0, total))
    return await chosen(rows, wanted)


async def chosen(rows: list[dict[str, Any]], wanted: Asked) -> ResultMap[Any]:
    """A part of those rows that are asked for."""
    found = await asyncio.to_thread(_matching, rows, wanted)
    skip = wanted.listing.skip
    return result_map(found[skip : skip + wanted.listing.most], len(found), skip)


def _matching(rows: list[dict[str, Any]], wanted: Asked) -> list[dict[str, Any]]:
    query = wanted.query
    found = rows if query is None else [row for row in rows if query.matches(row)]
    return listing.in_order(found, wanted.by)


async def _groups_number(connection: Connection, crowd: Crowd) -> int:
    return await groups.count(connection, crowd.account) if crowd.groups is None else len(crowd.groups)


async def _page(
    connection: Connection, crowd: Crowd, groups_number: int, window: Window
) -> list[dict[str, Any]]:
    rows = []
    take = min(window.take, groups_number - window.skip)
    if take > 0:
        rows = [group_object(each) for each in await _groups(connection, crowd, window.skip, take)]
    rest = Window(max(0, window.skip - groups_number), window.take - len(rows))
    if rest.take > 0:
        hits = page_of(crowd.users, crowd.directory.segment_bits, rest)
        version = crowd.directory.version
        found = await profiles.page(connection, crowd.account, version, hits.ordinals)
        rows += map(user_object, found)
    return rows


async def _groups(connection: Connection, crowd: Crowd, skip: int, take: int) -> list[groups.Group]:
    if crowd.groups is None:
        return await groups.page(connection, crowd.account, skip, take)
    return (await groups.several(connection, crowd.account, crowd.groups))[skip : skip + take]


async def everybody(connection: Connection, account: UUID, kinds: Collection[str]) -> Crowd:
    """All of an account's principals of some kinds, `USER` and `GROUP`; of one snapshot."""
    now = await people.directory(connection, account)
    living = await people.living(connection, account, now) if "USER" in kinds else {}
    return Crowd(account, now, living, None if "GROUP" in kinds else ())
