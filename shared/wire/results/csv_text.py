"""Rows as CSV (RFC 4180): a line of names, then a line for each user; UTF-8."""

import csv
import io
from collections.abc import Sequence

from shared.wire.cloudflare.policy_tests import Row
from shared.wire.results.formulas import neutral_column


class CsvWriter:
    """Rows as CSV. No cell begins a formula; whoever needs texts as they are takes another format."""

    def __init__(self, form: type[Row] = Row) -> None:
        self._text, self._form = io.StringIO(), form
        self._writer = csv.writer(self._text)
        self._writer.writerow(form.__struct_fields__)

    def write(self, rows: Sequence[Row]) -> bytes:
        """The bytes of some more rows."""
        emails = neutral_column([row.email for row in rows])
        names = neutral_column([row.name for row in rows])
        others = [[getattr(row, name) for row in rows] for name in self._form.__struct_fields__[3:]]
        self._writer.writerows(zip([str(row.id) for row in rows], emails, names, *others, strict=True))
        return self.end()

    def end(self) -> bytes:
        """The last bytes."""
        written = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        return written.encode()
