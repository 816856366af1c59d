"""Documents as clients send them: open, so that what nobody knows is kept, but for what answers add."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from shared.wire.cloudcms.policies import OURS, TAKEN
from shared.wire.faults import Fault, Faulty, child

TEXTS = ("title", "description")
BYTES_LIMIT = 65_536


def faults(given: Mapping[str, Any], what: str) -> list[Fault]:
    """What no document may have: members by which drivers know a failure, texts that are none."""
    found = [
        Fault(f"{what} cannot have a field `{name}`: drivers would take it for an error", child("", name))
        for name in TAKEN
        if name in given
    ]
    texts = [name for name in TEXTS if not isinstance(given.get(name), str | None)]
    return found + [Fault(f"`{name}` is a text", child("", name)) for name in texts]


def kept(given: Mapping[str, Any], without: Collection[str] = ()) -> dict[str, Any]:
    """A document as it is stored: what was sent, but for what answers add."""
    return {name: value for name, value in given.items() if name not in OURS and name not in without}


def encoded(document: Mapping[str, Any], what: str) -> bytes:
    """A document's JSON; raises Faulty if it is too long."""
    text = msgspec.json.encode(document)
    if len(text) > BYTES_LIMIT:
        raise Faulty(Fault(f"{what} has at most {BYTES_LIMIT} bytes, this one has {len(text)}", ""))
    return text
