"""The envelope that every answer of this dialect comes in."""

from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from shared.wire.faults import Fault


class Source(Struct, frozen=True):
    """Where in the request: a JSON Pointer."""

    pointer: str


class Message(Struct, frozen=True, omit_defaults=True):
    """An error or a note; codes start at 1000."""

    code: int
    message: str
    documentation_url: str | UnsetType = UNSET
    source: Source | UnsetType = UNSET


def refusal(fault: Fault) -> Message:
    """The error that says what is wrong with a request."""
    source = UNSET if fault.pointer is None else Source(fault.pointer)
    return Message(12130, f"access.api.error.invalid_request: {fault.message}", source=source)


class PageInfo(Struct, frozen=True):
    """Which page this is, and of how many."""

    page: int
    per_page: int
    count: int
    total_count: int
    total_pages: int


class Removed(Struct, frozen=True):
    """What is no more."""

    id: UUID


def page_info(page: int, per_page: int, count: int, total: int) -> PageInfo:
    """A page with `count` rows of `total`."""
    return PageInfo(page, per_page, count, total, -(-total // per_page))


class Envelope(Struct, frozen=True):
    """`success`, `errors`, `messages` and `result` are always there."""

    result: Any
    success: bool = True
    errors: tuple[Message, ...] = ()
    messages: tuple[Message, ...] = ()
    result_info: PageInfo | UnsetType = UNSET
