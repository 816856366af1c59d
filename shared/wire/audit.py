"""The audit log on the wire: the same whatever dialect changed something."""

import re
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from msgspec import Raw, Struct

Action = Literal["create", "update", "delete", "cancel", "import"]
Subject = Literal[
    "policy",
    "group",
    "list",
    "user",
    "policy_test",
    "directory",
    "token",
    "access_policy",
    "assignment",
    "grant",
    "role",
    "directory_group",
    "team",
    "resource",
    "client",
    "login",
    "job",
    "archive",
]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
CURSOR = re.compile(r"([0-9a-f]{1,15})-([0-9a-f]{1,15})")


class Author(Struct, frozen=True):
    """Who changed something: a token's public part and name; `operator` and a login for the command line."""

    token_id: str
    name: str


class Entry(Struct, frozen=True):
    """One change. Digests are SHA-256 in hex of the subject's JSON, null while it does not exist.

    `document` is that JSON after the change; before it, if the subject is gone. `request_id` is the answer's
    X-Request-ID.
    """

    sequence: int
    at: datetime
    actor: Author
    request_id: str | None
    action: Action
    kind: Subject
    subject_id: str
    before_digest: str | None
    after_digest: str | None
    document: Raw


class Continuation(Struct, frozen=True):
    """How many entries this page has, and where the next one begins; null after the last."""

    count: int
    cursor: str | None


class Place(NamedTuple):
    """An entry's place in the order of the log."""

    at: datetime
    sequence: int


def to_cursor(place: Place) -> str:
    """A place as clients hand it back."""
    return f"{(place.at - EPOCH) // MICROSECOND:x}-{place.sequence:x}"


def from_cursor(cursor: str) -> Place:
    """The place of a cursor; raises ValueError for what is none."""
    numbers = CURSOR.fullmatch(cursor)
    try:
        if numbers is not None:
            return Place(EPOCH + int(numbers[1], 16) * MICROSECOND, int(numbers[2], 16))
    except OverflowError:
        pass
    raise ValueError("no cursor of this log; take it from `result_info`")
