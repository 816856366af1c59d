"""A request's body as a JSON object: labelled anyhow, or none at all where there is nothing to say."""

from typing import Any
from uuid import UUID

from shared.directory.errors import Refused
from shared.wire import json_text
from shared.wire.faults import Fault, Faulty


def decode(body: bytes, _: UUID | None = None) -> dict[str, Any]:
    """The body's object, an empty one for no body, whatever the account; raises Faulty for all else."""
    if not body.strip():
        return {}
    try:
        document = json_text.parse(body)
    except Refused as refusal:
        raise Faulty(Fault(str(refusal))) from None
    if not isinstance(document, dict):
        raise Faulty(Fault("the body is a JSON object, or empty", ""))
    return document
