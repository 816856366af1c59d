"""Rows as NDJSON: an object a line, as the pages of a test's users have them."""

from collections.abc import Sequence

import msgspec

from shared.wire.cloudflare.policy_tests import Row


class LineWriter:
    """Rows as NDJSON."""

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder()

    def write(self, rows: Sequence[Row]) -> bytes:
        """The bytes of some more rows."""
        return self._encoder.encode_lines(rows)

    def end(self) -> bytes:
        """The last bytes: there are none."""
        return b""
