"""Users as people look them up: by page, by address, by a part of their name. Nothing here writes."""

import time
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct
from pyroaring import BitMap

from shared.directory import bitmaps
from shared.store import queries
from shared.store.pool import Connection
from shared.store.users import Directory
from shared.wire.cloudflare.users import Stored

SQL = queries.load("people.sql")

# A search reads a part of the directory at a time, so that no statement comes near its limit.
PART_ORDINALS = 65_536
# How long all matches are counted; after that, only until there is one behind the page.
COUNTING_SECONDS = 0.8
# How long a page is filled.
FILLING_SECONDS = 1.8


class Wanted(Struct, frozen=True):
    """Which users: of a canonical address, called `name`, with `search` in e-mail or name in any case."""

    address: str | None = None
    name: str | None = None
    search: str | None = None

    @property
    def everybody(self) -> bool:
        """Whether nobody is left out."""
        return self == Wanted()


class Window(NamedTuple):
    """A part of what is found: skip some, take some."""

    skip: int
    take: int


class Hits(NamedTuple):
    """The ordinals of a page, and how many all pages have: at least that many, if not all were counted."""

    ordinals: list[int]
    total: int


class Endless(Exception):  # noqa: N818  # no error: an answer that would come too late
    """A search that cannot fill its page in time; carries how many of how many users it has looked at."""

    def __init__(self, seen: int, users: int) -> None:
        super().__init__(f"{seen} of {users} users searched")
        self.seen, self.users = seen, users


async def directory(connection: Connection, account: UUID) -> Directory:
    """The directory as it is; what else is read of it needs the same snapshot."""
    return Directory(*(await connection.fetch(SQL["directory"], account))[0])


async def living(connection: Connection, account: UUID, now: Directory) -> dict[int, BitMap]:
    """Who is there, by segment, in order: the postings with what the log still holds."""
    found = {
        row["segment"]: bitmaps.decode(row["data"]) for row in await connection.fetch(SQL["live"], account)
    }
    mask = (1 << now.segment_bits) - 1
    for ordinal, added in await connection.fetch(SQL["live_changes"], account):
        positions = found.setdefault(ordinal >> now.segment_bits, BitMap())
        change = positions.add if added else positions.discard
        change(ordinal & mask)
    return {segment: found[segment] for segment in sorted(found)}


async def rows(connection: Connection, account: UUID, version: int, ordinals: list[int]) -> list[Stored]:
    """The users with some ordinals, in the order of their creation."""
    return [Stored(*row) for row in await connection.fetch(SQL["rows"], account, version, ordinals)]


async def get(connection: Connection, account: UUID, user_id: UUID) -> Stored | None:
    """One user."""
    row = await connection.fetchrow(SQL["get"], account, user_id)
    return None if row is None else Stored(*row)


async def search(
    connection: Connection, account: UUID, now: Directory, wanted: Wanted, window: Window
) -> Hits:
    """A page of the users who fit, in the order of their creation; raises Endless.

    There is no index of parts of names: the directory is read until the page is full, and further while that
    takes no longer than COUNTING_SECONDS.
    """
    first, end = await _span(connection, account, now, wanted)
    sought = _sought(wanted.search)
    found, started = list[int](), time.monotonic()
    for start in range(first, end, PART_ORDINALS):
        last = min(start + PART_ORDINALS, end) - 1
        which = (now.version, start, last, wanted.name, *sought)
        found += await connection.fetchval(SQL["matches"], account, *which)
        passed, full = time.monotonic() - started, len(found) > sum(window)
        if passed > COUNTING_SECONDS and full:
            break
        if passed > FILLING_SECONDS and last + 1 < end:
            raise Endless(last + 1 - first, end - first)
    return Hits(found[window.skip : sum(window)], len(found))


async def _span(connection: Connection, account: UUID, now: Directory, wanted: Wanted) -> tuple[int, int]:
    """The ordinals that come into question, from and up to but without."""
    if wanted.address is None:
        return 0, now.next_ordinal
    holder = await connection.fetchval(SQL["holder"], account, wanted.address)
    return (0, 0) if holder is None else (holder, holder + 1)


class _Sought(NamedTuple):
    """A text in small letters, and how letters of it that are not ASCII become small: one for one."""

    text: str | None
    large: str = ""
    small: str = ""


def _sought(text: str | None) -> _Sought:
    if text is None:
        return _Sought(None)
    small = {letter: _one(letter.lower(), letter) for letter in text}
    forms = {form: small[letter] for letter in small for form in (letter, _one(letter.upper(), letter))}
    changed = {form: into for form, into in forms.items() if form != into and not form.isascii()}
    return _Sought("".join(small[each] for each in text), "".join(changed), "".join(changed.values()))


def _one(letters: str, letter: str) -> str:
    """What a letter becomes, unless it becomes several."""
    return letters if len(letters) == 1 else letter
