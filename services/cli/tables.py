"""Tables of policy tests and of what an account keeps."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from services.cli import answers, render
from services.cli.kinds import LISTS, POLICIES, Kind
from services.cli.shelf import Kept

STATES = {"complete": "green", "failed": "red", "exceeded_time": "yellow", "cancelled": "yellow"}


def _moment(text: str) -> str:
    """A time to the second, in UTC as the gateway says it."""
    return text[:19].replace("T", " ")


def _table(*columns: tuple[str, bool]) -> Table:
    shown = render.table(("id", False), *columns)
    shown.columns[0].min_width = render.UID  # an id is there to be copied whole
    return shown


def tests(rows: Iterable[answers.Test]) -> Table:
    """Policy tests, how far they are and what they found so far."""
    numbers = ((name, True) for name in ("users", "done", "approved", "blocked", "error"))
    shown = _table(("state", False), *numbers, ("created, UTC", False))
    for row in rows:
        state = row.state or row.status
        counts = (row.users_approved, row.users_blocked, row.users_errored)
        shown.add_row(
            Text(render.neutral(row.id)),
            Text(render.neutral(state), style=STATES.get(state, "")),
            f"{row.total_users:,}",
            f"{row.percent_users_processed} %",
            *(f"{count:,}" for count in counts),
            Text(render.neutral(_moment(row.created_at))),
        )
    return shown


def kept(kind: Kind, rows: Iterable[Kept]) -> Table:
    """Policies, groups or lists."""
    about = {POLICIES: ("decision", "rules"), LISTS: ("type", "items")}.get(kind, ("rules",))
    columns = ((name, name in ("rules", "items")) for name in about)
    shown = _table(("name", False), *columns, ("updated, UTC", False))
    for row in rows:
        rules = sum(len(part or ()) for part in (row.include, row.exclude, row.require))
        cells = {"decision": row.decision, "type": row.type, "rules": f"{rules:,}", "items": f"{row.count:,}"}
        texts = (row.id, row.name, *(cells[name] for name in about), _moment(row.updated_at))
        shown.add_row(*(Text(render.neutral(text)) for text in texts))
    return shown


def members(one: Mapping[str, Any]) -> Table:
    """One of them: each member, and each element of those that are lists, in a line of its own."""
    shown = render.table(("", False), ("", False))
    shown.show_header = False
    for name, value in one.items():
        for number, each in enumerate(value if isinstance(value, list) else [value]):
            shown.add_row(*(Text(render.neutral(text)) for text in ("" if number else name, _text(each))))
    return shown


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
