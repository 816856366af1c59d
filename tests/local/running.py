"""Local runs: as a process with files, and in this process in parts as small as a test wants them."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from services.local import request, run, shelf
from services.local.crew import Crew, Here
from services.local.messages import People, Person, Place, Show
from services.local.report import Report
from services.local.request import Prepared
from shared.policy.expectations import Expectations
from shared.policy.plan import Plan
from shared.wire.directory.batches import Raw
from shared.wire.directory.blocks import Block
from tests.stack import ROOT

COMMAND = (sys.executable, "-m", "services.local")
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
BOTH = UUID(int=1), UUID(int=2)


class Ended(NamedTuple):
    code: int
    document: Any
    complaint: str


def ran(folder: Path, body: Any, users: bytes, name: str = "users.ndjson", **files: Any) -> Ended:
    """A run of the program; `files` are the documents of its other options."""
    directory = folder / name
    (folder / Path(name).name).write_bytes(users)
    options = ["--directory", str(directory)]
    for option, document in files.items():
        path = folder / f"{option}.json"
        path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        options += [f"--{option}", str(path)]
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    ended = subprocess.run(
        [*COMMAND, *options], input=sent, env=ENVIRONMENT, capture_output=True, check=False
    )
    document = json.loads(ended.stdout) if ended.stdout else None
    return Ended(ended.returncode, document, ended.stderr.decode())


def prepared(plan: Plan, base: Plan | None = None, expected: Expectations | None = None) -> Prepared:
    return Prepared(BOTH[0], plan, BOTH[1], base, expected)


def asked(**body: Any) -> Prepared:
    return request.prepare(json.dumps(body).encode(), None, shelf.NOTHING)


def parts(users: bytes, rows: int) -> Iterator[Raw]:
    """So many rows each."""
    lines = users.splitlines(keepends=True)
    for number, first in enumerate(range(0, len(lines), rows)):
        some = lines[first : first + rows]
        yield Raw("ndjson", b"", [Block(number, first + 1, len(some), b"".join(some))])


def crew(wanted: Prepared) -> Crew:
    return Crew([Here(), Here()], wanted.task)


def reported(wanted: Prepared, users: bytes, rows: int = 7) -> Report:
    return run._report(wanted, crew(wanted), parts(users, rows), datetime.now(UTC))


def people(wanted: Prepared, users: bytes, rows: int = 7) -> dict[str, Person]:
    """Everybody by address, with the reason of the verdict."""
    some = crew(wanted)
    merged = run._merged(some, some.read(parts(users, rows)))
    run._judged(some, merged)
    held = [part for member in some.members for part in member._reader._parts.values()]
    places = [Place(part.number, each) for part in held for each in part.facts().live]
    found = some.ask(Show(sorted(places)), People)
    return {person.email: person for each in found for person in each.found}


def lines(*users: Any) -> bytes:
    return b"".join(msgspec.json.encode(user) + b"\n" for user in users)


def without(document: Any, names: Iterable[str]) -> Any:
    """A document without some members, wherever in it."""
    gone = set(names)
    if isinstance(document, dict):
        return {name: without(each, gone) for name, each in document.items() if name not in gone}
    return [without(each, gone) for each in document] if isinstance(document, list) else document
