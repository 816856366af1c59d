"""Query parameters of this dialect."""

from collections.abc import Mapping
from typing import NamedTuple

from shared.wire.cloudflare.policy_tests import VERDICTS
from shared.wire.faults import Fault, Faulty

PER_PAGE = 25
PER_PAGE_LIMIT = 1000
PAGE_LIMIT = 10**12


class Page(NamedTuple):
    """Which page, from 1, of how many rows each."""

    page: int
    per_page: int

    @property
    def skip(self) -> int:
        """How many rows stand before it."""
        return (self.page - 1) * self.per_page


def _number(query: Mapping[str, str], name: str, default: int, limit: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(limit)) and 1 <= int(text) <= limit):
        raise Faulty(Fault(f"`{name}` is `{text[:32]}`, give a whole number from 1 to {limit}"))
    return int(text)


def page(query: Mapping[str, str]) -> Page:
    """`page` and `per_page`; raises Faulty naming the one that is wrong."""
    return Page(_number(query, "page", 1, PAGE_LIMIT), _number(query, "per_page", PER_PAGE, PER_PAGE_LIMIT))


def verdict(query: Mapping[str, str]) -> str | None:
    """The verdict that `status` filters by; None for all. Raises Faulty for a word that is none."""
    text = query.get("status")
    if text is None:
        return None
    if text not in VERDICTS:
        raise Faulty(Fault(f"`status` is `{text[:32]}`, give `success`, `fail` or `error`"))
    return VERDICTS[text]
