"""A request's body as a JSON object, before anybody knows what it should hold."""

from collections.abc import Collection, Mapping
from typing import Any

from shared.directory.errors import Refused
from shared.wire import json_text
from shared.wire.faults import Fault, Faulty, child


def decode(body: bytes, wanted: str) -> dict[str, Any]:
    """The body's object; raises Faulty for anything else, saying what is `wanted`."""
    try:
        document = json_text.parse(body)
    except Refused as refusal:
        raise Faulty(Fault(str(refusal))) from None
    if not isinstance(document, dict):
        raise Faulty(Fault(f"the body is an object with {wanted}", ""))
    return document


def strays(given: Mapping[str, Any], names: Collection[str], what: str) -> list[Fault]:
    """A fault for each member that has no business in `what`: misspelt, it would be as good as left out."""
    return [
        Fault(f"{what} has no field `{name[:64]}`", child("", name))
        for name in sorted(given.keys() - set(names))
    ]
