"""What is wrong with a request, each fault with a JSON Pointer to where."""

import re

import msgspec
from msgspec import Struct

LIMIT = 20
STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")


class Fault(Struct, frozen=True):
    """One fault: a sentence fragment and the JSON Pointer (RFC 6901) of what it is about."""

    message: str
    pointer: str | None = None


class Faulty(Exception):  # noqa: N818  # a request that is faulty; carries at most LIMIT faults
    """A request that is refused for its content."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults[:LIMIT]


def child(pointer: str, name: str | int) -> str:
    """A pointer to a member of what another points to."""
    if isinstance(name, int):
        return f"{pointer}/{name}"
    if "~" in name or "/" in name:
        name = name.replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{name}"


def from_validation(error: msgspec.ValidationError, pointer: str) -> Fault:
    """The fault of a failed conversion, its path appended to a pointer."""
    message, _, path = str(error).partition(" - at `$")
    for name, number in STEP.findall(path.removesuffix("`")):
        pointer = child(pointer, name or number)
    return Fault(message[0].lower() + message[1:], pointer)
