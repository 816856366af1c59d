"""One row of a directory file, and the way to a record of the domain."""

import re
from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from shared.directory import identity
from shared.directory.email import canonical_email
from shared.directory.errors import Refused
from shared.directory.merge import Record, Rejection
from shared.wire.directory.blocks import ROW_BYTES

NAME_LIMIT = 1024
GROUPS_LIMIT = 10_000

ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # after a whole number of escaped backslashes

Name = Annotated[str, Meta(max_length=NAME_LIMIT)]


class Row(Struct, forbid_unknown_fields=True):
    """A user as a directory file has it; `identity` is kept as it came."""

    id: UUID | None = None
    email: str | None = None
    name: Name | None = None
    groups: Annotated[list[Name], Meta(max_length=GROUPS_LIMIT)] | None = None
    identity: msgspec.Raw = msgspec.Raw(b"null")
    deleted: bool = False


decode_row = msgspec.json.Decoder(Row).decode


def to_record(row: Row, line: int) -> Record:
    """A row as a record; raises Refused or msgspec.ValidationError for what cannot be."""
    raw = bytes(row.identity)
    kept = None if raw == b"null" or row.deleted else raw
    known = None if kept is None else identity.decode(kept)
    if row.email is None:
        if row.id is None or not row.deleted:
            raise Refused("`email` is missing" + (", and so is `id`" if row.id is None else ""))
        address = ""
    else:
        address = canonical_email(row.email)
    groups = tuple(row.groups or ())
    email, name = row.email or "", row.name or ""
    return Record(line, row.id, address, email, name, groups, kept, known, row.deleted)


def check_no_nul(text: bytes) -> None:
    """Raises Refused for a row with the character NUL, plain or escaped."""
    # Most texts have no backslash at all, which is found out twenty times as fast.
    if b"\0" in text or (b"\\" in text and b"\\u0000" in text and ESCAPED_NUL.search(text)):
        raise Refused("a text holds the character NUL, which nothing can store")


def _ndjson_record(text: bytes, line: int, *, clean: bool) -> Record | Rejection:
    if len(text) > ROW_BYTES:
        return Rejection(line, f"the line is longer than {ROW_BYTES} bytes")
    try:
        if not clean:
            text.decode()
            check_no_nul(text)
        return to_record(decode_row(text), line)
    except (msgspec.MsgspecError, Refused, UnicodeDecodeError, RecursionError) as fault:
        return Rejection(line, reason(fault))


def reason(fault: Exception) -> str:
    """A fault of a row in words."""
    words = str(fault)
    return words[0].lower() + words[1:] if words[1:2].islower() else words


def ndjson_records(data: bytes, first_line: int) -> Iterator[Record | Rejection]:
    """The rows of a block; blank lines are no rows."""
    clean = is_clean(data)
    for line, text in enumerate(data.split(b"\n"), first_line):
        if text and not text.isspace():
            yield _ndjson_record(text, line, clean=clean)


def is_clean(data: bytes) -> bool:
    """Whether a block is UTF-8 without NUL, as nearly all are: no row has to be looked through then."""
    try:
        check_no_nul(data)
        data.decode()
    except (Refused, UnicodeDecodeError):
        return False
    return True
