"""Whom a directory may know: so that an import need not ask PostgreSQL about a million strangers."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from pyroaring import BitMap

from shared.directory import hashes
from shared.directory.merge import Entry


class Acquaintance:
    """Hashes of every id and address that a directory holds at a version; perhaps of more.

    It is complete from an empty directory on, as long as one import alone writes; else it knows nothing, and
    everybody has to be looked up. A few megabytes for a million users; of them some 0.05 % of the strangers
    are looked up in vain.
    """

    def __init__(self) -> None:
        self._version = -1
        self._hashes = BitMap()

    def suspects(
        self, entries: Sequence[Entry], named: BitMap, version: int, users: int
    ) -> tuple[list[UUID], list[str]]:
        """The ids and the addresses of entries that a directory of some version may hold.

        `named` has the hashes of all of them.
        """
        if users == 0:
            self._version, self._hashes = version, BitMap()
        found = self._hashes & named
        if self._version == version and not found:
            return [], []
        ids = [entry.user_id for entry in entries if entry.user_id is not None]
        addresses = [entry.address for entry in entries if entry.address]
        if self._version == version:
            ids = [each for each in ids if hashes.of_id(each) in found]
            addresses = [each for each in addresses if hashes.of_address(each) in found]
        return ids, addresses

    def met(self, named: BitMap, made: Iterable[UUID], before: int, version: int) -> None:
        """Users of these hashes, and some with ids made here, were written: `before` became this version."""
        if self._version == before:
            self._hashes |= named
            self._hashes.update(map(hashes.of_id, made))
            self._version = version
