"""Named queries from the `.sql` files of this package."""

from importlib import resources
from typing import NamedTuple


class Query(NamedTuple):
    """One query: `name`, `text`, and why it may cross accounts (None: it must name the account)."""

    name: str
    text: str
    across_accounts: str | None


def parse(source: str) -> dict[str, Query]:
    """Queries of one file by name; a block is `-- name: x`, comment lines, SQL."""
    queries = {}
    for block in source.split("-- name: ")[1:]:
        head, _, body = block.partition("\n")
        lines = body.splitlines()
        reasons = [
            line.partition("-- across accounts: ")[2] for line in lines if "-- across accounts: " in line
        ]
        text = "\n".join(line for line in lines if not line.startswith("--")).strip().rstrip(";")
        queries[head.strip()] = Query(head.strip(), text, reasons[0] if reasons else None)
    return queries


def load(file: str) -> dict[str, str]:
    """Texts of a file's queries by name."""
    source = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    return {name: query.text for name, query in parse(source).items()}
