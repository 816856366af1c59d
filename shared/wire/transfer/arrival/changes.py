"""What an import does, thing by thing, as people and programs are told of it."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

Action = Literal["create", "change", "leave", "refuse"]
REFUSALS = 3
"""Of a refused archive, so many reasons stand in one sentence."""


class Change(Struct, frozen=True, omit_defaults=True):
    """What becomes of one thing: its `kind`, its id in the archive and, if it is here then, its id here.

    `name` is what people know it by. What is refused does not come in: `fatal`, and neither does anything
    else of the archive.
    """

    action: Action
    kind: str
    source: str
    target: str | None = None
    name: str | None = None
    message: str | None = None
    fatal: bool = False


class Counts(Struct, frozen=True):
    """How many things there are of each action."""

    create: int = 0
    change: int = 0
    leave: int = 0
    refuse: int = 0


class Moved(Struct, frozen=True, rename={"type": "typeId"}):
    """A thing as drivers know one."""

    type: str
    id: str
    ref: str


class Imported(Struct, frozen=True):
    """What came from where, each the last of the way to it."""

    sources: tuple[Moved, ...]
    targets: tuple[Moved, ...]


class Outcome(Struct, frozen=True, rename="camel"):
    """What an import did; or would do, if it was dry."""

    dry_run: bool
    counts: Counts
    changes: Sequence[Change]
    imports: Sequence[Imported] = ()


def counts(changes: Sequence[Change]) -> Counts:
    """How many there are of each action."""
    found = Counter[str](each.action for each in changes)
    return Counts(**found)


def refusal(changes: Sequence[Change]) -> str | None:
    """Why nothing of an archive comes in; None if it does."""
    fatal = [each for each in changes if each.fatal]
    if not fatal:
        return None
    reasons = [f"{each.kind.replace('_', ' ')} `{each.source[:64]}`: {each.message}" for each in fatal]
    others = f", and {len(fatal) - REFUSALS} others" if len(fatal) > REFUSALS else ""
    return f"the archive is refused: {'; '.join(reasons[:REFUSALS])}{others}"
