"""Tables of policy tests, of what an account keeps, of what is carried out of it and into it."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from services.cli import answers, render
from services.cli.kinds import LISTS, POLICIES, Kind
from services.cli.platform import Change, Job
from services.cli.shelf import Kept

JOB_STATES = {"FINISHED": "green", "ERROR": "red"}
ACTIONS = {"create": "green", "change": "yellow", "refuse": "red"}
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


def jobs(rows: Iterable[Job]) -> Table:
    """Exports and imports, how far they are."""
    columns = (("type", False), ("state", False), ("done", True), ("of", True), ("by", False))
    shown = _table(*columns, ("submitted, UTC", False))
    for row in rows:
        at = datetime.fromtimestamp(row.submitted.ms / 1000, UTC).isoformat()
        total = "" if row.items_total is None else f"{row.items_total:,}"
        shown.add_row(
            Text(render.neutral(row.id)),
            Text(render.neutral(row.type)),
            Text(render.neutral(row.state), style=JOB_STATES.get(row.state, "")),
            *(f"{row.items_done:,}", total),
            *(Text(render.neutral(text)) for text in (row.submitted_by, _moment(at))),
        )
    return shown


def changes(rows: Iterable[Change]) -> Table:
    """What becomes of the things of an archive."""
    names = ("action", "kind", "name", "in the archive", "here", "why")
    shown = render.table(*((name, False) for name in names))
    for row in rows:
        cells = (row.kind, row.name, row.source, row.target, row.message)
        texts = [Text(render.neutral(cell or "")) for cell in cells]
        shown.add_row(Text(render.neutral(row.action), style=ACTIONS.get(row.action, "")), *texts)
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
