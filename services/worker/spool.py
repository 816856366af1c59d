"""Items of lists between being read and being written: locks of an account are held for the writing alone."""

import os
from typing import BinaryIO, NamedTuple

import msgspec

from shared.wire.cloudflare.list_items import Entries


class _Place(NamedTuple):
    """Where the items of a list are in the file: from which byte on, how many bytes."""

    first: int
    length: int


class Spool:
    """The items of an archive's lists, by the list; in a file, for they may be very many.

    Reading them out of the archive again takes some forty times as long as out of this.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places: dict[str, _Place] = {}

    def put(self, source: str, entries: Entries) -> None:
        """Keep the items of a list; raises OSError where there is no room for them."""
        data = msgspec.msgpack.encode(entries)
        self._places[source] = _Place(self._file.seek(0, os.SEEK_END), len(data))
        self._file.write(data)

    def get(self, source: str) -> Entries:
        """The items of a list that were put."""
        place = self._places[source]
        self._file.seek(place.first)
        return msgspec.msgpack.decode(self._file.read(place.length), type=Entries)
