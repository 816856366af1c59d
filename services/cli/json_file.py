"""A JSON document from a file or from standard input: as it was written, and what it says."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import click

from services.cli import render


class Json(NamedTuple):
    """The text of a file, and what it says."""

    text: str
    document: object


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key `{render.neutral(twice)}` stands twice in one object")
    return members


def read(file: str) -> Json:
    """The JSON in a file, `-` being standard input; raises UsageError for what is none."""
    try:
        text = (sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()).decode("utf-8-sig")
        return Json(text, json.loads(text, object_pairs_hook=_once))
    except OSError as error:
        raise click.UsageError(f"cannot read `{file}`: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"`{file}` is not JSON: {error}") from None
