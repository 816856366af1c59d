"""Rows as Parquet: columns of text. Only this module needs the extra `parquet`."""

from collections.abc import Sequence

import pyarrow as pa
from pyarrow import parquet

from shared.wire.cloudflare.policy_tests import Row

# Readers skip whole groups; a larger one would only be more to hold.
GROUP_ROWS = 65_536

# A dictionary of values that are different for every user would be thrown away again.
REPEATED = ("status", "reason")


class _Pipe:
    """Takes what a Parquet file writes, and gives it away."""

    closed = False

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """Nothing is held."""

    def taken(self) -> bytes:
        written, self._written = self._written, bytearray()
        return bytes(written)


class ParquetWriter:
    """Rows as Parquet, written a group at a time."""

    def __init__(self, form: type[Row] = Row) -> None:
        self._names = form.__struct_fields__
        self._schema = pa.schema([pa.field(name, pa.string(), False) for name in self._names])
        self._pipe = _Pipe()
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0
        repeated = [name for name in REPEATED if name in self._names]
        self._file = parquet.ParquetWriter(self._pipe, self._schema, use_dictionary=repeated)

    def write(self, rows: Sequence[Row]) -> bytes:
        """The bytes that some more rows make ready."""
        ids = [str(row.id) for row in rows]
        others = [[getattr(row, name) for row in rows] for name in self._names[1:]]
        arrays = [pa.array(column, pa.string()) for column in (ids, *others)]
        self._waiting.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._rows += len(rows)
        if self._rows >= GROUP_ROWS:
            self._write_group()
        return self._pipe.taken()

    def end(self) -> bytes:
        """The last bytes; without them a file is none."""
        if self._rows:
            self._write_group()
        self._file.close()
        return self._pipe.taken()

    def _write_group(self) -> None:
        table = pa.Table.from_batches(self._waiting, self._schema)
        self._file.write_table(table, row_group_size=self._rows)
        self._waiting, self._rows = [], 0
