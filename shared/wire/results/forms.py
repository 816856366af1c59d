"""The formats of results, and a writer for each."""

import importlib
from collections.abc import Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from shared.directory.errors import Refused
from shared.wire.archive.manifest import Coordinates
from shared.wire.cloudflare.policy_tests import Row
from shared.wire.results.csv_text import CsvWriter
from shared.wire.results.lines import LineWriter
from shared.wire.transfer.requests import Format, Results

# The group of all files of results; the artifact is the test, the version the format, and whether reasons are
# in it: of each there is one.
GROUP = "policy-tests"
REASONED = "-reasons"


class Form(NamedTuple):
    """How a format is called: its media type, and how the names of its files end."""

    media: str
    ending: str


FORMS: dict[Format, Form] = {
    "csv": Form("text/csv", "csv"),
    "ndjson": Form("application/x-ndjson", "ndjson"),
    "parquet": Form("application/vnd.apache.parquet", "parquet"),
}


def asked(test_id: UUID, form: Format, *, reasons: bool = False) -> Results:
    """What a job is told that is to write the results of a test in a format."""
    version = form + (REASONED if reasons else "")
    return Results(Coordinates(GROUP, str(test_id), version), test_id, form, reasons)


def file_name(request: Results) -> str:
    """What the file is called where people keep it."""
    reasoned = REASONED if request.reasons else ""
    return f"policy-test-{request.test_id}{reasoned}.{FORMS[request.format].ending}"


class Writer(Protocol):
    """Takes rows, gives the bytes that are ready; the bytes of all calls in a row are the file."""

    def write(self, rows: Sequence[Row]) -> bytes:
        """The bytes that some more rows make ready."""

    def end(self) -> bytes:
        """The last bytes."""


def writer(form: Format, rows: type[Row] = Row) -> Writer:
    """A writer of a new file of rows; raises Refused where the library for its format is not installed."""
    match form:
        case "csv":
            return CsvWriter(rows)
        case "ndjson":
            return LineWriter()
        case "parquet":
            return _parquet_writer(rows)


def _parquet_writer(rows: type[Row]) -> Writer:
    """Imported now: most never ask for it, and the library is larger than all else together."""
    try:
        module = importlib.import_module("shared.wire.results.parquet")
    except ModuleNotFoundError:
        raise Refused(
            "no Parquet is written here: install the worker with the extra `parquet`, "
            "or ask for `csv` or `ndjson`"
        ) from None
    made: Writer = module.ParquetWriter(rows)
    return made
