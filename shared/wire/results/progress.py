"""An export of a test's results, as clients see it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.wire.transfer.journal import State
from shared.wire.transfer.requests import Format

Status = Literal["processing", "complete", "failed"]

STATUS: dict[State, Status] = {
    "WAITING": "processing",
    "RUNNING": "processing",
    "FINISHED": "complete",
    "ERROR": "failed",
}


class ResultsExport(Struct, frozen=True, kw_only=True):
    """How an export goes: `total_users` is null until they are counted, `failure` says why there is no file.

    Once it is complete, `…/exports/{id}/download` has the file.
    """

    id: UUID
    policy_test_id: UUID
    format: Format
    reasons: bool
    status: Status
    total_users: int | None
    users_processed: int
    percent_users_processed: int
    created_at: datetime
    finished_at: datetime | None
    failure: str | None
