"""A file that is to be applied: its objects, each with the pointer to where it stands."""

from typing import Any, NamedTuple

import click
import msgspec

from services.cli import failures, json_file, render
from services.cli.kinds import KINDS, Kind, ListShape, Shape
from shared.wire.faults import LIMIT, child, from_validation

WRAPPERS = {kind.plural for kind in KINDS}


class Document(NamedTuple):
    """One object of a file: the JSON pointer to it, its shape, its text as it was written."""

    pointer: str
    shape: Shape
    text: bytes

    def __str__(self) -> str:
        """Its name, and where it stands if the file has more than this one."""
        return render.neutral(f"`{self.shape.name}`" + (f" at `{self.pointer}`" if self.pointer else ""))


def read(file: str, kind: Kind) -> tuple[Document, ...]:
    """The objects of a file; raises UsageError for a file that is none, Refused for objects that are none."""
    found, faults = list[Document](), list[str]()
    for pointer, text in _placed(file, kind):
        try:
            found.append(Document(pointer, msgspec.json.decode(text, type=kind.shape), bytes(text)))
        except msgspec.ValidationError as error:
            fault = from_validation(error, pointer)
            faults.append(f"{fault.pointer}: {fault.message}" if fault.pointer else fault.message)
        except (msgspec.DecodeError, RecursionError) as error:
            faults.append(f"{pointer}: {error}")
    if faults:
        more = [f"and {len(faults) - LIMIT:,} more"] if len(faults) > LIMIT else []
        why = f"`{file}` holds what is no {kind.word}, nothing was applied"
        raise failures.Refused("\n".join(map(render.neutral, (why, *faults[:LIMIT], *more))))
    return tuple(found)


def _placed(file: str, kind: Kind) -> list[tuple[str, msgspec.Raw]]:
    text, document = json_file.read(file)
    pointer, rows = "", [msgspec.Raw(text.strip().encode())]
    try:
        if isinstance(document, list):
            rows = msgspec.json.decode(text, type=list[msgspec.Raw])
        elif isinstance(document, dict) and WRAPPERS & document.keys():
            if document.keys() != {kind.plural}:
                raise click.UsageError(f"`{file}` holds more than `{kind.plural}`, or other things")
            pointer = child("", kind.plural)
            rows = msgspec.json.decode(text, type=dict[str, list[msgspec.Raw]])[kind.plural]
        else:
            return [(pointer, rows[0])]
    except (msgspec.DecodeError, RecursionError) as error:
        raise click.UsageError(f"`{file}` holds no list of {kind.plural}: {error}") from None
    return [(child(pointer, number), row) for number, row in enumerate(rows)]


def body(document: Document) -> bytes:
    """What is sent: the text as it was written, but for items of lists that are their value alone."""
    shape = document.shape
    if not isinstance(shape, ListShape) or not any(isinstance(each, str) for each in shape.items or ()):
        return document.text
    members = msgspec.json.decode(document.text, type=dict[str, msgspec.Raw])
    given: list[Any] = msgspec.json.decode(members["items"])
    items = [{"value": each} if isinstance(each, str) else each for each in given]
    return msgspec.json.encode({**members, "items": items})
