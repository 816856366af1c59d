"""Query parameters that operations of this dialect share."""

from typing import Annotated

from msgspec import Meta, Struct

PER_PAGE_LIMIT = 1000
PAGE_LIMIT = 10**12

Page = Annotated[int, Meta(ge=1, le=PAGE_LIMIT)]
PerPage = Annotated[int, Meta(ge=1, le=PER_PAGE_LIMIT)]


class Paged(Struct, frozen=True):
    """Which page, from 1, of how many rows each."""

    page: Page = 1
    per_page: PerPage = 25

    @property
    def skip(self) -> int:
        """How many rows stand before it."""
        return (self.page - 1) * self.per_page
