"""Whom a directory may know: so that an import need not ask PostgreSQL about a million strangers."""

from collections.abc import Iterable
from uuid import UUID

from pyroaring import BitMap

from shared.directory import hashes


class Acquaintance:
    """Hashes of every id and address that a directory holds at a version; perhaps of more.

    It is complete from an empty directory on, as long as one import alone writes; else it knows nothing, and
    everybody has to be looked up. A few megabytes for a million users; of them some 0.05 % of the strangers
    are looked up in vain.
    """

    def __init__(self) -> None:
        self._version = -1
        self._hashes = BitMap()

    def suspected(self, named: BitMap, version: int, users: int) -> BitMap:
        """The hashes, of some ids and addresses, that a directory of some version may hold."""
        if users == 0:
            self._version, self._hashes = version, BitMap()
        return self._hashes & named if self._version == version else named

    def met(self, named: BitMap, made: Iterable[UUID], before: int, version: int) -> None:
        """Users of these hashes, and some with ids made here, were written: `before` became this version."""
        if self._version == before:
            self._hashes |= named
            self._hashes.update(map(hashes.of_id, made))
            self._version = version
