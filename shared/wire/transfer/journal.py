"""What is told of a job: its state, and what happened to it, line by line."""

from typing import Literal

import msgspec
from msgspec import Struct

State = Literal["WAITING", "RUNNING", "FINISHED", "ERROR"]
MESSAGE_LIMIT = 1000


class Entry(Struct, frozen=True):
    """One thing that happened; `timestamp` is in milliseconds since 1970."""

    type: Literal["STATUS", "ERROR"]
    message: str
    timestamp: int


decode = msgspec.json.Decoder(list[Entry]).decode


def line(text: str) -> str:
    """A message as it is kept: shortened, and without the one character that PostgreSQL refuses."""
    text = text.replace("\0", "�")
    return text if len(text) <= MESSAGE_LIMIT else text[: MESSAGE_LIMIT - 1] + "…"
