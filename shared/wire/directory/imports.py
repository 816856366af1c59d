"""Directory imports on the wire."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.directory.merge import Rejection

ERRORS_LIMIT = 100


class Accepted(Struct, frozen=True):
    """The answer to an upload that arrived whole."""

    id: UUID
    status: str = "processing"


class ImportProgress(Struct, frozen=True):
    """How an import goes; `rows_total` are the lines received, `errors` the first rejected ones."""

    id: UUID
    status: str
    rows_total: int
    rows_read: int
    users_created: int
    users_updated: int
    users_unchanged: int
    users_deleted: int
    rows_rejected: int
    errors: list[Rejection]
    failure: str | None
    created_at: datetime
    finished_at: datetime | None


encode_errors = msgspec.json.encode
decode_errors = msgspec.json.Decoder(list[Rejection]).decode
