"""The audit log: who changed what, written in the transaction that changes it. Nobody waits for it."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import structlog
from msgspec import Raw, Struct

from shared.store import queries
from shared.store.pool import Connection
from shared.wire.audit import Action, Author, Entry, Place, Subject

SQL = queries.load("audit.sql")

EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, tzinfo=UTC)
NEWEST = Place(LATEST, 0)
# Of documents in a page. One document may be a list of 100,000 addresses.
PAGE_BYTES = 4 * 1024 * 1024


class Actor(NamedTuple):
    """Whoever makes a change: a token's public part and its name."""

    token_id: str
    name: str


class Change(Struct, frozen=True):
    """What is done to which subject; `before` and `after` are its JSON, None while it does not exist."""

    action: Action
    kind: Subject
    subject: UUID | str
    before: bytes | None
    after: bytes | None


async def record(connection: Connection, account: UUID, actor: Actor, change: Change) -> None:
    """Write down a change; the caller's transaction makes it."""
    await connection.execute(SQL["record"], account, *_row(actor, change))


async def record_all(connection: Connection, account: UUID, actor: Actor, changes: Iterable[Change]) -> None:
    """Write down many changes, in their order."""
    rows = ((account, *_row(actor, change)) for change in changes)
    await connection.executemany(SQL["record"], rows)


def _row(actor: Actor, change: Change) -> tuple[object, ...]:
    digests = [
        None if text is None else hashlib.sha256(text).digest() for text in (change.before, change.after)
    ]
    document = change.before if change.after is None else change.after
    # Bound where the request came in, so that an entry and the log's lines can be laid side by side.
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    what = (change.action, change.kind, str(change.subject))
    return (*actor, request_id, *what, *digests, document, len(document or b""))


class Wanted(Struct, frozen=True):
    """Which entries: `since` <= at < `until`, after a place in the newest-first order, at most `limit`."""

    since: datetime = EARLIEST
    until: datetime = LATEST
    after: Place = NEWEST
    kind: Subject | None = None
    action: Action | None = None
    subject_id: str | None = None
    token_id: str | None = None
    limit: int = 100


class Page(NamedTuple):
    """Entries, newest first, and the place to go on from; None after the last."""

    entries: list[Entry]
    end: Place | None


async def page(connection: Connection, account: UUID, wanted: Wanted) -> Page:
    """A page of an account's log; shorter than asked for where its documents are large."""
    filters = (wanted.kind, wanted.action, wanted.subject_id, wanted.token_id)
    end = min(wanted.after, Place(wanted.until, 0))
    # Planned each time: a plan for any filters walks the whole log where an index leads to three entries.
    statement = await connection.prepare(SQL["page"])
    rows = await statement.fetch(account, wanted.since, *end, *filters, wanted.limit, PAGE_BYTES)
    more = bool(rows) and rows[0]["found"] > len(rows)
    return Page([_entry(row) for row in rows], Place(rows[-1]["at"], rows[-1]["sequence"]) if more else None)


def _entry(row: asyncpg.Record) -> Entry:
    before, after, document = row["before_digest"], row["after_digest"], row["document"]
    return Entry(
        sequence=row["sequence"],
        at=row["at"],
        actor=Author(row["token_id"], row["token_name"]),
        request_id=row["request_id"],
        action=row["action"],
        kind=row["kind"],
        subject_id=row["subject_id"],
        before_digest=None if before is None else before.hex(),
        after_digest=None if after is None else after.hex(),
        document=Raw(b"null" if document is None else document),
    )
