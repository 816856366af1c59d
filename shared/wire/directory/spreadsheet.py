"""CSV with the names of the NDJSON fields as columns, dots for nesting.

An empty cell is a key left out. A cell of a list is a JSON array, or values separated by `|`; for a list of
objects the values are names. Columns are separated by commas or semicolons.
"""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from shared.directory.errors import Refused
from shared.directory.merge import Record, Rejection
from shared.wire.directory.blocks import BLOCK_BYTES, ROW_BYTES, separator
from shared.wire.directory.records import Row, check_no_nul, reason, to_record

TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
# A row that fits a block is read whole, and then judged: stopped within a quoted cell, the reader would take
# the rest of the cell for rows.
csv.field_size_limit(BLOCK_BYTES + ROW_BYTES)
Cell = Callable[[str], object]
Path = tuple[str, ...]


def _text(cell: str) -> object:
    return cell


def _truth(cell: str) -> object:
    if cell.strip().lower() not in TRUTH:
        raise Refused(f"`{cell[:32]}` is neither `true` nor `false`")
    return TRUTH[cell.strip().lower()]


def _list(cell: str) -> object:
    if cell.lstrip().startswith("["):
        return msgspec.json.decode(cell.encode())
    return [part.strip() for part in cell.split("|")]


def _objects(cell: str) -> object:
    members = _list(cell)
    if not isinstance(members, list):
        return members
    return [{"name": member} if isinstance(member, str) else member for member in members]


def _claim(cell: str) -> object:
    return _list(cell) if cell.lstrip().startswith("[") else cell


COLUMNS: dict[str, Cell] = {
    "id": _text,
    "email": _text,
    "name": _text,
    "deleted": _truth,
    "groups": _list,
    "identity.idp.id": _text,
    "identity.idp.type": _text,
    "identity.groups": _objects,
    "identity.amr": _list,
    "identity.ip": _text,
    "identity.geo.country": _text,
    "identity.mtls_auth.cert_presented": _truth,
    "identity.mtls_auth.auth_status": _text,
    "identity.common_name": _text,
    "identity.organizations": _objects,
    "identity.auth_context": _objects,
    "identity.account_ids": _list,
    "identity.risk_score": _text,
}
POSTURE, SUCCESS = "identity.devicePosture.", ".success"
CLAIMS = ("identity.saml_attributes.", "identity.oidc_fields.")


def _column(name: str) -> tuple[Path, Cell]:
    """Where a column's cells go, and how they are read; raises Refused for a name that means nothing."""
    if name in COLUMNS:
        return tuple(name.split(".")), COLUMNS[name]
    if name.startswith(POSTURE) and name.endswith(SUCCESS) and len(name) > len(POSTURE + SUCCESS):
        return ("identity", "devicePosture", name[len(POSTURE) : -len(SUCCESS)], "success"), _truth
    for prefix in CLAIMS:
        if name.startswith(prefix) and name != prefix:
            return ("identity", prefix.split(".")[1], name[len(prefix) :]), _claim
    raise Refused(f"the column `{name[:64]}` means nothing, see the directory's field names")


class Header:
    """The first line of a CSV: separator and columns; raises Refused for columns that mean nothing."""

    def __init__(self, line: bytes) -> None:
        try:
            text = line.decode().strip("\r\n")
        except UnicodeDecodeError:
            raise Refused("the header is not UTF-8") from None
        self.separator = separator(line).decode()
        names = [name.strip() for name in next(csv.reader([text], delimiter=self.separator), [])]
        self.columns = [_column(name) for name in names]
        if len(set(names)) < len(names):
            raise Refused("the header names a column twice")
        if not {"id", "email"} & set(names):
            raise Refused("the header names neither `email` nor `id`, is it missing?")


def _nested(cells: list[str], header: Header) -> dict[str, Any]:
    if len(cells) != len(header.columns):
        raise Refused(f"the row has {len(cells)} cells, the header {len(header.columns)}")
    whole: dict[str, Any] = {}
    for cell, (path, read) in zip(cells, header.columns, strict=True):
        if cell == "":
            continue
        into = whole
        for step in path[:-1]:
            into = into.setdefault(step, {})
        into[path[-1]] = read(cell)
    return whole


def _record(cells: list[str], header: Header, line: int) -> Record | Rejection:
    try:
        check_no_nul("".join(cells).encode())
        whole = _nested(cells, header)
        whole["identity"] = msgspec.Raw(msgspec.json.encode(whole.get("identity")))
        return to_record(msgspec.convert(whole, Row), line)
    except UnicodeEncodeError:
        return Rejection(line, "the row is not UTF-8")
    except (msgspec.MsgspecError, Refused, RecursionError) as fault:
        return Rejection(line, reason(fault))


def csv_records(data: bytes, first_line: int, header: Header) -> Iterator[Record | Rejection]:
    """The rows of a block; blank lines are no rows."""
    # Bytes that are no UTF-8 become surrogates, which fail in the one row that has them.
    text = io.StringIO(data.decode(errors="surrogateescape"), newline="\n")
    reader = csv.reader(text, delimiter=header.separator)
    line = first_line
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            yield Rejection(line, reason(fault))
            cells = []
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _record(cells, header, line)
        line = first_line + reader.line_num
