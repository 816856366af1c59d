"""`_system`: what answers say of a document beside its content, and how the two are put together."""

from datetime import UTC, datetime
from typing import Any

import msgspec

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(at: datetime) -> dict[str, Any]:
    """A time in all the ways in which clients read one; its months count from 0."""
    at = at.astimezone(UTC)
    millisecond = at.microsecond // 1000
    clock = f"{at.hour:02}:{at.minute:02}:{at.second:02}"
    return {
        "timestamp": f"{at.day:02}-{MONTHS[at.month - 1]}-{at.year:04} {clock}",
        "year": at.year,
        "month": at.month - 1,
        "day_of_month": at.day,
        "hour": at.hour,
        "minute": at.minute,
        "second": at.second,
        "millisecond": millisecond,
        "ms": int(at.timestamp()) * 1000 + millisecond,
        "iso_8601": f"{at.year:04}-{at.month:02}-{at.day:02}T{clock}Z",
    }


def system(created_at: datetime, created_by: str, modified_at: datetime, modified_by: str) -> dict[str, Any]:
    """When and by whom a document was made and last changed; whoever did so is a token, by its name."""
    created = moment(created_at)
    return {
        "deleted": False,
        "created_on": created,
        "created_by": created_by,
        "modified_on": created if modified_at == created_at else moment(modified_at),
        "modified_by": modified_by,
    }


def around(doc_id: str, document: bytes, about: dict[str, Any] | None) -> msgspec.Raw:
    """A document, which is an object's JSON, with its id before and `_system` after it, never taken apart."""
    parts = (
        b'"_doc":' + msgspec.json.encode(doc_id),
        document.strip()[1:-1].strip(),
        b"" if about is None else b'"_system":' + msgspec.json.encode(about),
    )
    return msgspec.Raw(b"{" + b",".join(part for part in parts if part) + b"}")
