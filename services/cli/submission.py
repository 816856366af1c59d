"""What a test is asked: the body of its request, and where each part of it was written."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import click

from services.cli import answers, json_file, positions

STDIN = "-"
POLICIES, EXPECTATIONS = "policies", "expectations"


class Written(NamedTuple):
    """A file as it was named, its text, and whether that is a `bare` list: the list of what it is about."""

    file: str
    text: str
    bare: bool

    def inner(self, pointer: str) -> str:
        """A pointer into the request as a pointer into the file."""
        first, _, rest = pointer.removeprefix("/").partition("/")
        if not self.bare or not first:
            return pointer
        return f"/{rest}" if rest else ""


class Place(NamedTuple):
    """A pointer as the request would have it if it had nothing but what is in this one file."""

    written: Written
    pointer: str

    @property
    def inner(self) -> str:
        """The pointer into the file."""
        return self.written.inner(self.pointer)

    def __str__(self) -> str:
        """File and pointer."""
        return self.pointer if self.written.file == STDIN else f"{self.written.file}:{self.pointer}"


class Submission(NamedTuple):
    """The `body` of a request, made of a file of policies and perhaps one of expectations.

    Of all `expected`, the first `own` are in the file of policies, the next `added` in the other one, the
    rest in neither. `based` says whether there is a base to compare with.
    """

    body: bytes
    policies: Written
    expectations: Written | None = None
    own: int = 0
    added: int = 0
    expected: int = 0
    based: bool = False

    def place(self, pointer: str) -> Place:
        """Where something of the request was written; what was not is told of the file of policies."""
        first, number, rest = _split(pointer)
        if first != EXPECTATIONS or number is None or number < self.own:
            return Place(self.policies, pointer)
        if self.expectations is not None and number < self.own + self.added:
            return Place(self.expectations, f"/{EXPECTATIONS}/{number - self.own}{rest}")
        return Place(self.policies, "")

    def told(self, fault: answers.Fault) -> str:
        """A fault that was found in the request, behind the place where that was written."""
        pointer, message = fault.wrong
        if not pointer:
            return message
        place = self.place(pointer)
        return f"{place if place.pointer else pointer}: {message}"


def _split(pointer: str) -> tuple[str, int | None, str]:
    """The first step, the second if it is a number, and the rest with its slash."""
    first, _, inner = pointer.removeprefix("/").partition("/")
    second, slash, rest = inner.partition("/")
    return first, int(second) if second.isdecimal() else None, slash + rest


def read(file: str) -> Submission:
    """A file with `{"policies": […]}` or a bare list; raises UsageError for anything else."""
    text, document = json_file.read(file)
    # Sent as it was written, so that the gateway judges what the author wrote and not what we made of it.
    if isinstance(document, list):
        return Submission(f'{{"policies":{text}}}'.encode(), Written(file, text, bare=True))
    if isinstance(document, dict) and POLICIES in document:
        own, based = document.get(EXPECTATIONS), document.get("base") is not None
        count = len(own) if isinstance(own, list) else 0
        written = Written(file, text, bare=False)
        return Submission(text.encode(), written, own=count, expected=count, based=based)
    raise click.UsageError(f"`{file}` holds neither a list of policies nor an object with `policies`")


def based(asked: Submission, base: str | None) -> Submission:
    """The same with the base to compare with; None where that is told in another way."""
    if base is None:
        return asked._replace(based=True)
    document = json.loads(asked.body) | {"base": base}
    return asked._replace(body=json.dumps(document).encode(), based=True)


def expecting(asked: Submission, file: str | None, bounds: Sequence[Any]) -> Submission:
    """The same with the expectations of a file and then some more, behind its own; raises UsageError."""
    written, given = (None, list[Any]()) if file is None else _expectations(file)
    if not given and not bounds:
        return asked
    document = json.loads(asked.body)
    own = document.get(EXPECTATIONS) or []
    if not isinstance(own, list):
        return asked  # the gateway says what is wrong with them
    document[EXPECTATIONS] = [*own, *given, *bounds]
    return Submission(
        json.dumps(document).encode(),
        asked.policies,
        written,
        own=len(own),
        added=len(given),
        expected=len(document[EXPECTATIONS]),
        based=asked.based,
    )


def bounds(lost: int | None, gained: int | None) -> list[dict[str, Any]]:
    """Expectations that at most so many users lose or gain access."""
    given = (("lost", lost), ("gained", gained))
    return [{"name": f"--max-{what}", what: {"number": most}} for what, most in given if most is not None]


def _expectations(file: str) -> tuple[Written, list[Any]]:
    text, document = json_file.read(file)
    found = document.get(EXPECTATIONS) if isinstance(document, dict) else document
    if not isinstance(found, list):
        raise click.UsageError(f"`{file}` holds neither a list of expectations nor an object with one")
    return Written(file, text, bare=isinstance(document, list)), found


def lines(places: Iterable[Place]) -> dict[Place, int]:
    """The line of each place in its file, from 1; each file is looked through once."""
    wanted: dict[Written, set[Place]] = {}
    for place in places:
        wanted.setdefault(place.written, set()).add(place)
    found: dict[Place, int] = {}
    for written, some in wanted.items():
        known = positions.lines(written.text, {place.inner for place in some})
        found |= {place: known[place.inner] for place in some}
    return found
