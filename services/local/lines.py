"""Rows of an NDJSON file, for whoever keeps nothing of them: in two thirds of the time that an import takes.

A row is decoded in one go. Whatever is not an ordinary one is left to the import's own way, which says what
is wrong with it: rows are taken and refused as there.
"""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from shared.directory.email import canonical_email
from shared.directory.errors import Refused
from shared.directory.identity import Identity
from shared.directory.merge import Record, Rejection
from shared.wire.directory.blocks import ROW_BYTES
from shared.wire.directory.records import GROUPS_LIMIT, Name, is_clean, ndjson_records


class _Line(Struct, forbid_unknown_fields=True, gc=False):
    """A row that says something of a user, with the login understood."""

    email: str
    id: UUID | None = None
    name: Name | None = None
    groups: Annotated[list[Name], Meta(max_length=GROUPS_LIMIT)] | None = None
    identity: Identity | None = None
    deleted: bool = False


_decode = msgspec.json.Decoder(_Line).decode
_FAULTS = (msgspec.MsgspecError, Refused, RecursionError)


def records(data: bytes, first_line: int) -> Iterator[Record | Rejection]:
    """The rows of a block, as `ndjson_records` has them, but for the groups and for the identity's JSON."""
    if not is_clean(data):
        yield from ndjson_records(data, first_line)
        return
    for line, text in enumerate(data.split(b"\n"), first_line):
        try:
            row = _decode(text)
            address = canonical_email(row.email)
        except _FAULTS:
            yield from ndjson_records(text, line)
            continue
        if row.deleted or len(text) > ROW_BYTES:
            yield from ndjson_records(text, line)
        else:
            yield Record(line, row.id, address, row.email, row.name or "", (), None, row.identity)
