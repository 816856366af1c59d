"""What a test is expected to say: put into its request, and judged when it has ended."""

import json
from collections.abc import Iterable
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from services.cli import answers, json_file, render
from services.cli.access import Access
from services.cli.client import Client

SIGNS = {True: ("holds", "green"), False: ("broken", "red"), None: ("open", "yellow")}


def of_file(file: str) -> list[Any]:
    """The expectations in a file: a list, or an object with it as `expectations`; raises UsageError."""
    document = json_file.read(file).document
    found = document.get("expectations") if isinstance(document, dict) else document
    if not isinstance(found, list):
        raise click.UsageError(f"`{file}` holds neither a list of expectations nor an object with one")
    return found


def bounds(lost: int | None, gained: int | None) -> list[dict[str, Any]]:
    """Expectations that at most so many users lose or gain access."""
    given = (("lost", lost), ("gained", gained))
    return [{"name": f"--max-{what}", what: {"number": most}} for what, most in given if most is not None]


def added(body: bytes, base: str | None, expected: list[Any]) -> bytes:
    """A request with a base and expectations, besides those that it has."""
    if base is None and not expected:
        return body
    document = json.loads(body)
    if base is not None:
        document["base"] = base
    if expected:
        document["expectations"] = [*document.get("expectations", []), *expected]
    return json.dumps(document).encode()


def stand_in(body: bytes) -> bool:
    """Whether a request has expectations."""
    document = json.loads(body)
    return isinstance(document, dict) and bool(document.get("expectations"))


async def judged(spoken_to: Access, test: str) -> list[answers.Expected]:
    """What became of the expectations of the test at a path."""
    async with Client(spoken_to, patient=True) as client:
        reply = await client.get(f"{test}/expectations", {})
    return answers.decode(answers.decode(reply, answers.Answer).result, list[answers.Expected])


def shown(rows: Iterable[answers.Expected]) -> Table:
    """Expectations, with how many break them."""
    table = render.table(("", False), ("expectation", False), ("of", True), ("broken by", True), ("", False))
    for row in rows:
        sign, colour = SIGNS[row.holds]
        said = row.expected if row.name is None else f"{row.name}: {row.expected}"
        cells = Text(sign, style=colour), Text(render.neutral(said))
        problem = Text(render.neutral(row.problem or ""))
        table.add_row(*cells, f"{row.selected:,}", f"{row.broken:,}", problem)
    return table
