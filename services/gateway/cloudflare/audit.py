"""The audit log: who changed what in the account, newest first. For `admin` alone: it holds everything."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from services.gateway.auth import Scope
from services.gateway.routing import Answer, Call, Route
from shared.store import audit
from shared.store.audit import EARLIEST, LATEST, NEWEST, Wanted
from shared.store.pool import acquire
from shared.wire.audit import Action, Continuation, Entry, Subject, from_cursor, to_cursor
from shared.wire.cloudflare.references import UUID_TEXT

PATH = "/accounts/{account_id}/audit-log"

Time = Annotated[str, Meta(max_length=40, extra_json_schema={"format": "date-time"})]
Id = Annotated[str, Meta(pattern=r"\A[0-9A-Za-z-]{1,36}\Z")]


class AuditQuery(Struct, frozen=True):
    """Filters, all of which hold, and a page: `since` <= at < `until`, both RFC 3339."""

    # Unset and not None, which the text `null` would be.
    kind: Subject | UnsetType = UNSET
    action: Action | UnsetType = UNSET
    subject_id: Id | UnsetType = UNSET
    token_id: Id | UnsetType = UNSET
    since: Time | UnsetType = UNSET
    until: Time | UnsetType = UNSET
    cursor: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100

    def __post_init__(self) -> None:
        """Raises ValueError for what only looks like a time or a cursor."""
        self.wanted()

    def wanted(self) -> Wanted:
        """The same for the store."""
        return Wanted(
            since=EARLIEST if self.since is UNSET else _moment(self.since),
            until=LATEST if self.until is UNSET else _moment(self.until),
            after=NEWEST if self.cursor is UNSET else from_cursor(self.cursor),
            kind=self.kind or None,
            action=self.action or None,
            subject_id=_folded(self.subject_id or None),
            token_id=self.token_id or None,
            limit=self.limit,
        )


def _moment(text: str) -> datetime:
    """A time with its offset; raises ValueError."""
    try:
        found: datetime = msgspec.convert(text, Annotated[datetime, Meta(tz=True)])
    except ValueError:
        raise ValueError("no time such as `2026-01-02T15:04:05Z` (a `+` is sent as `%2B`)") from None
    return min(max(found, EARLIEST), LATEST)


def _folded(subject: str | None) -> str | None:
    """Ids that are UUIDs are taken in either case, as in paths; those of tokens are not."""
    return subject.lower() if subject and UUID_TEXT.fullmatch(subject.lower()) else subject


async def entries(call: Call) -> Answer:
    """Answer GET …/audit-log."""
    asked: AuditQuery = call.query
    async with acquire(call.resources.pool) as connection:
        page = await audit.page(connection, call.account, asked.wanted())
    return Answer(
        page.entries, Continuation(len(page.entries), None if page.end is None else to_cursor(page.end))
    )


ROUTES = (
    Route(
        *("GET", PATH, Scope.ADMIN, entries, "Who changed what, newest first", list[Entry]),
        query=AuditQuery,
        paged=Continuation,
    ),
)
