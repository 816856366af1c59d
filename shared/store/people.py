"""Users as people look them up: by page, by address, by a part of their name. Nothing here writes."""

import time
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct
from pyroaring import BitMap, BitMap64

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
# Of how many long searches it is kept how far they came.
UNFINISHED = 32


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


class Begun(NamedTuple):
    """How far a search came: what it found before the ordinal `end`."""

    found: BitMap64
    end: int


class Unfinished:
    """Long searches, as far as they came: asked for again, one goes on. The oldest are forgotten."""

    def __init__(self) -> None:
        self._begun: dict[tuple[UUID, int, Wanted], Begun] = {}

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._begun)

    def get(self, account: UUID, version: int, wanted: Wanted) -> Begun | None:
        """How far the same search of the same version came before."""
        return self._begun.get((account, version, wanted))

    def keep(self, account: UUID, version: int, wanted: Wanted, begun: Begun) -> None:
        """Remember how far a search came."""
        self._begun.pop((account, version, wanted), None)
        if len(self._begun) >= UNFINISHED:
            del self._begun[next(iter(self._begun))]
        self._begun[account, version, wanted] = begun


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


async def wait(connection: Connection, account: UUID, seconds: float) -> None:
    """Wait for the sole right to write to the directory, for longer than for other statements."""
    await connection.execute(SQL["wait"], account, timeout=seconds)


async def search(
    connection: Connection,
    account: UUID,
    now: Directory,
    wanted: Wanted,
    window: Window,
    unfinished: Unfinished,
) -> Hits:
    """A page of the users who fit, in the order of their creation; raises Endless.

    There is no index of names or their parts: the directory is read until the page is full, and further while
    that takes no longer than COUNTING_SECONDS. What took long goes on where it stopped when it is asked for
    again, or its next page: so every search ends, the page behind its last match too.
    """
    first, end = await _span(connection, account, now, wanted)
    begun = unfinished.get(account, now.version, wanted)
    found, first = (BitMap64(), first) if begun is None else (begun.found.copy(), begun.end)
    sought, started = _sought(wanted.search), time.monotonic()
    for start in range(first, end, PART_ORDINALS):
        last = min(start + PART_ORDINALS, end) - 1
        which = (now.version, start, last, wanted.name, *sought)
        found.update(await connection.fetchval(SQL["matches"], account, *which))
        passed, full = time.monotonic() - started, len(found) > sum(window)
        if passed > COUNTING_SECONDS:
            unfinished.keep(account, now.version, wanted, Begun(found.copy(), last + 1))
            if full:
                break
        if passed > FILLING_SECONDS and last + 1 < end:
            raise Endless(last + 1, end)
    return Hits(list(found[window.skip : sum(window)]), len(found))


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
