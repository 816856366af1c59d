"""Policies as rows of an answer: found by a query, sorted, put together; decoded only where it has to be."""

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from services.gateway.cloudcms.answers import ResultMap, refused, result_map
from services.gateway.cloudcms.listing import Listing, Sort, by_keys, keys
from shared.policy.entitlement.policy import Scope
from shared.store.access_policies import Stored
from shared.wire.cloudcms.queries import Query
from shared.wire.cloudcms.shipped import system_policies
from shared.wire.cloudcms.system import around, system

SEARCH_SECONDS = 2.0
"""Of processor time. Of 10,000 policies a query takes a tenth of a second, or with a pattern three tenths."""


class Row(NamedTuple):
    """A policy and its times; a system policy has none."""

    id: str
    document: bytes
    times: tuple[datetime, str, datetime, str] | None = None

    def shown(self) -> msgspec.Raw:
        """The policy as it is answered."""
        return around(self.id, self.document, None if self.times is None else system(*self.times))

    def opened(self, *, timed: bool = True) -> dict[str, Any]:
        """The same, decoded; without its times where nobody asks for them."""
        about = {} if self.times is None or not timed else {"_system": system(*self.times)}
        return {"_doc": self.id, **msgspec.json.decode(self.document), **about}


class Choice(NamedTuple):
    """Which of some policies, in which order, which part of these."""

    listing: Listing
    by: tuple[Sort, ...] = ()
    query: Query | None = None
    scope: Scope | None = None

    @property
    def any(self) -> bool:
        """Whether it is all of them as they come, so that none has to be looked into."""
        return not self.by and self.scope is None and (self.query is None or not self.query.asks)

    @property
    def costly(self) -> bool:
        """Whether there are patterns to be looked for."""
        return self.query is not None and self.query.cost > 0


def stored(row: Stored) -> Row:
    """The row of a stored policy."""
    return Row(row.id, row.document, row[2:])


def shipped(key: str) -> Row | None:
    """The row of a system policy."""
    found = system_policies().get(key)
    return None if found is None else Row(key, found.document)


def shown(rows: Iterable[Row], total: int, offset: int) -> ResultMap[msgspec.Raw]:
    """Rows as they are answered."""
    return result_map([row.shown() for row in rows], total, offset)


def chosen(rows: Sequence[Row], choice: Choice, seconds: float = SEARCH_SECONDS) -> ResultMap[msgspec.Raw]:
    """The part of some policies that is asked for. Raises Faulty for a query that takes too long."""
    found = list(rows) if choice.any else _found(rows, choice, time.thread_time() + seconds)
    skip, most = choice.listing.skip, choice.listing.most
    return shown(found[skip : skip + most], len(found), skip)


def _found(rows: Sequence[Row], choice: Choice, ends: float) -> list[Row]:
    def pause() -> None:
        if time.thread_time() > ends:
            raise refused("the query takes too long: ask for less, or with simpler patterns")

    timed = any(each.field.startswith("_system") for each in choice.by)
    timed = timed or (choice.query is not None and "_system" in choice.query.fields)
    found = []
    for row in rows:
        pause()
        document = row.opened(timed=timed)
        if choice.scope is not None and document.get("scope", Scope.PLATFORM.value) != choice.scope.value:
            continue
        if choice.query is None or choice.query.matches(document, pause):
            found.append((keys(document, choice.by), row))
    return by_keys(found, choice.by)
