"""Whom a directory may know: so that an import need not ask PostgreSQL about a million strangers."""

from array import array
from collections.abc import Iterable, Sequence
from uuid import UUID

from pyroaring import BitMap

from shared.directory.merge import Entry, User

MASK = (1 << 32) - 1


class Acquaintance:
    """Hashes, of 32 bits, of every id and address that a directory holds at a version; perhaps of more.

    It is complete from an empty directory on, as long as one import alone writes; else it knows nothing, and
    everybody has to be looked up. A few megabytes for a million users; of them some 0.05 % of the strangers
    are looked up in vain.
    """

    def __init__(self) -> None:
        self._version = -1
        self._hashes = BitMap()

    def suspects(self, entries: Sequence[Entry], version: int, users: int) -> tuple[list[UUID], list[str]]:
        """The ids and the addresses of entries that a directory of some version may hold."""
        ids = [entry.user_id for entry in entries if entry.user_id is not None]
        addresses = [entry.address for entry in entries if entry.address]
        if users == 0:
            self._version, self._hashes = version, BitMap()
        if self._version != version:
            return ids, addresses
        found = self._hashes & _hashes(ids, addresses)
        if not found:
            return [], []
        return (
            [each for each in ids if each.int & MASK in found],
            [each for each in addresses if hash(each) & MASK in found],
        )

    def met(self, users: Iterable[User], before: int, version: int) -> None:
        """Users were written, and that made the version `before` into this one."""
        if self._version == before:
            users = list(users)
            self._hashes |= _hashes([user.user_id for user in users], [user.address for user in users])
            self._version = version


def _hashes(ids: Iterable[UUID], addresses: Iterable[str]) -> BitMap:
    numbers = [each.int & MASK for each in ids]
    numbers += [hash(each) & MASK for each in addresses]
    numbers.sort()  # a bitmap of numbers from everywhere is made in a tenth of the time if they come in order
    return BitMap(array("I", numbers))
